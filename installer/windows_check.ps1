<#
.SYNOPSIS
Checks the Card Station setup and the installed program on a real Windows 10 or 11.

UNPROVEN: nobody has run this script yet. It was written and parsed on Linux, where there is no
PowerShell. Whoever runs it first: read it, use a machine without a desk on it, send back
windows_check.json, and take this paragraph out once it holds.

.DESCRIPTION
One command in an elevated Windows PowerShell, with nothing of Card Station running:

  powershell -ExecutionPolicy Bypass -File windows_check.ps1 -Setup .\setup.exe -IAmATestMachine

Without -IAmATestMachine it only looks: nothing is installed, changed or removed, and a desk that is
on this computer goes on as it was. With it the script installs, upgrades, UNINSTALLS AND PURGES Card
Station; a data folder that is already there is renamed first and is never deleted.

It needs windows_check_parts.ps1 beside it, leaves windows_check.json, and ends with
the number of failed checks (at most 100).

-OldSetup FILE   an older setup: the upgrade from it, and that it is refused afterwards
-Report FILE     where the JSON goes
-Interactive     also asks for a card, for the reader to be unplugged, and what the window shows
#>
#Requires -Version 5.1
#Requires -RunAsAdministrator
[CmdletBinding()]
param(
    [Parameter(Mandatory = $true)][string]$Setup,
    [string]$OldSetup = "",
    [string]$Report = "windows_check.json",
    [switch]$Interactive,
    [switch]$IAmATestMachine
)

$ErrorActionPreference = "Stop"
$ProgressPreference = "SilentlyContinue"

$App = "CardStation"
$Key = "HKLM:\Software\Microsoft\Windows\CurrentVersion\Uninstall\$App"
$Data = Join-Path $env:ProgramData $App
$StartMenu = Join-Path $env:ProgramData "Microsoft\Windows\Start Menu\Programs"
$Users = "S-1-5-32-545"
$Network = "S-1-5-2"
$FromOutside = @("S-1-1-0", $Network, "S-1-5-7", "S-1-5-11", "S-1-5-32-546")
$Setup = (Resolve-Path -LiteralPath $Setup).Path
if ($OldSetup) { $OldSetup = (Resolve-Path -LiteralPath $OldSetup).Path }
$Checks = New-Object System.Collections.Generic.List[object]
$Scratch = Join-Path ([IO.Path]::GetTempPath()) ("card-station-check-" + [Guid]::NewGuid().ToString("N"))
New-Item -ItemType Directory -Path $Scratch | Out-Null

. (Join-Path $PSScriptRoot "windows_check_parts.ps1")

# --- the setup's file ---

function Get-Scanner {
    $platform = Join-Path $env:ProgramData "Microsoft\Windows Defender\Platform\*\MpCmdRun.exe"
    $found = @(Get-Item -Path "$env:ProgramFiles\Windows Defender\MpCmdRun.exe", $platform `
            -ErrorAction SilentlyContinue)
    if (-not $found) { Skip-Check "no Defender on this computer" }
    $found[-1].FullName
}

function Test-Clean([string]$Path) {
    $scanner = Get-Scanner
    if (-not (Get-MpComputerStatus).AntivirusEnabled) { Skip-Check "Defender is switched off" }
    $done = Invoke-Program $scanner "-Scan -ScanType 3 -File `"$Path`" -DisableRemediation"
    Assert-Status $done 0
    "nothing found"
}

function Test-Signature([string]$Path) {
    $found = Get-AuthenticodeSignature -LiteralPath $Path
    $name = Split-Path -Leaf $Path
    Assert-That ($found.Status -eq "Valid") "${name}: $($found.Status): $($found.StatusMessage)"
    $stamped = if ($found.TimeStamperCertificate) { "with a time stamp" } else { "WITHOUT a time stamp" }
    "${name}: $($found.SignerCertificate.Subject), $stamped"
}

function Test-SetupFile {
    Test-That "setup: signature valid and trusted" { Test-Signature $Setup }
    Test-That "setup: as SHA256SUMS says" {
        $sums = Join-Path (Split-Path $Setup) "SHA256SUMS"
        if (-not (Test-Path -LiteralPath $sums)) { Skip-Check "no SHA256SUMS beside it" }
        $hash = (Get-FileHash -Algorithm SHA256 -LiteralPath $Setup).Hash
        $line = Select-String -LiteralPath $sums -SimpleMatch (Split-Path -Leaf $Setup)
        Assert-That ($null -ne $line -and $line.Line -match $hash) "$hash is not in SHA256SUMS"
        $hash
    }
    Test-That "setup: Defender finds nothing" { Test-Clean $Setup }
    Test-That "setup: mark of the web" {
        $mark = Get-Content -LiteralPath $Setup -Stream Zone.Identifier -ErrorAction SilentlyContinue
        if (-not $mark) { Skip-Check "not downloaded by a browser, so SmartScreen will not look at it" }
        $mark -join " "
    }
    Test-That "setup: SmartScreen and UAC, started from Explorer" {
        Get-Answer "Double-click the setup, look, cancel. No SmartScreen warning, UAC names the publisher?"
    }
}

# --- the installed program, looked at ---

function Get-Rights([string]$Path, [string]$Kind, [string[]]$Who, [string]$Rights) {
    $wanted = [Security.AccessControl.FileSystemRights]$Rights
    $sid = [Security.Principal.SecurityIdentifier]
    @((Get-Acl -LiteralPath $Path).GetAccessRules($true, $true, $sid) | Where-Object {
            $_.AccessControlType -eq $Kind -and $Who -contains $_.IdentityReference.Value -and
            ($_.FileSystemRights -band $wanted)
        } | ForEach-Object { "$($_.IdentityReference.Value): $($_.FileSystemRights)" })
}

function Test-DataRights([string]$Path) {
    $mine = Get-Rights $Path "Allow" $Users "Modify"
    Assert-That (($mine -join " ") -match "Modify|FullControl") "the users here may not change $Path"
    $outside = Get-Rights $Path "Allow" $FromOutside "FullControl"
    Assert-That (-not $outside) "$Path is open to $outside"
    Assert-That ([bool](Get-Rights $Path "Deny" $Network "FullControl")) "$Path is open to the network"
    (& icacls.exe $Path | Out-String).Trim()
}

function Test-Installed {
    $folder = Get-Folder
    Test-That "installed: registered" {
        $said = Get-ItemProperty -LiteralPath $Key
        Assert-That ([bool]$said.DisplayVersion) "no DisplayVersion"
        Assert-That ($said.QuietUninstallString -match "/S") "no QuietUninstallString"
        "$($said.DisplayName) $($said.DisplayVersion), $($said.EstimatedSize) KB, by $($said.Publisher)"
    }
    Test-That "installed: in the start menu" {
        $link = (New-Object -ComObject WScript.Shell).CreateShortcut("$StartMenu\$App\$App.lnk")
        Assert-That ($link.TargetPath -like "$folder\*") "it leads to $($link.TargetPath)"
        $link.TargetPath
    }
    Test-That "installed: programs signed" {
        "CardStation.exe", "station.exe", "uninstall.exe" | ForEach-Object {
            Test-Signature (Join-Path $folder $_)
        }
    }
    Test-That "installed: Defender finds nothing" { Test-Clean $folder }
    Test-That "installed: users cannot change the program" {
        $bad = Get-Rights $folder "Allow" ($FromOutside + $Users) "WriteData, AppendData, Delete"
        Assert-That (-not $bad) "$bad"
    }
    foreach ($part in "", "logs", "backups") {
        $place = if ($part) { Join-Path $Data $part } else { $Data }
        Test-That "data folder: rights of $App\$part" {
            if (-not (Test-Path -LiteralPath $place)) { Skip-Check "$place is not there yet" }
            Test-DataRights $place
        }
    }
    Test-That "program: self-test" {
        $kept = Join-Path $Scratch "selftest.json"
        $done = Invoke-Station "--selftest --report `"$kept`""
        Assert-Status $done 0
        Get-Content -Raw -Encoding UTF8 -LiteralPath $kept
    }
    Test-That "program: the secrets' keyring" {
        $done = Invoke-Station "doctor --json"
        $found = ($done.Out | ConvertFrom-Json).checks | Where-Object { $_.name -eq "keyring" }
        Assert-That ($null -ne $found) "doctor says nothing of it: $($done.Out) $($done.Said)"
        Assert-That ($found.state -ne "failed") $found.detail
        "$($found.state): $($found.detail)"
    }
}

# --- readers ---

function Read-Tap($Watcher) {
    $line = $Watcher.StandardOutput.ReadLineAsync()
    Assert-That ($line.Wait(90000)) "no card was seen in 90 s"
    Assert-That ([bool]$line.Result) "the program ended"
    $line.Result
}

function Test-Readers {
    Test-That "readers: smart-card service" {
        $service = Get-Service SCardSvr
        "$($service.Status), starts $($service.StartType)"
    }
    Test-That "readers: a card, unplugged and plugged in again" {
        if (-not $Interactive) { Skip-Check "only with -Interactive" }
        $watcher = Start-Program (Join-Path (Get-Folder) "station.exe") "reader watch --json"
        try {
            Write-Host "Put a card on the reader."
            $first = Read-Tap $watcher
            Write-Host "Take the card away. Unplug the reader (the last one), wait five seconds."
            Read-Host "Enter when it is unplugged" | Out-Null
            $without = (Get-Service SCardSvr).Status
            Write-Host "Plug it in again, then put the card on it."
            "$first; service without a reader: $without; then: $(Read-Tap $watcher)"
        }
        finally { if (-not $watcher.HasExited) { $watcher.Kill() } }
    }
}

# --- the window ---

function Start-Window { Start-Process -FilePath "$(Get-Folder)\CardStation.exe" -PassThru }

function Wait-Window($Process) {
    Wait-Until { $Process.Refresh(); $Process.MainWindowHandle -ne [IntPtr]::Zero } 60 "no window after 60 s"
}

function Stop-Window($Process) {
    if ($Process.HasExited) { return }
    $Process.CloseMainWindow() | Out-Null
    if (-not $Process.WaitForExit(30000)) { $Process.Kill(); throw "the window did not close in 30 s" }
}

function Test-Window {
    $script:Shown = $null
    Test-That "window: first start until it is there (s)" {
        $script:Shown = Start-Window
        Wait-Window $script:Shown
    }
    Test-That "window: a second start shows the first and ends" {
        $second = Start-Window
        Assert-That ($second.WaitForExit(30000)) "it goes on running"
        Assert-That (-not $script:Shown.HasExited) "the first one ended"
    }
    Test-That "window: setup refuses while it runs (10)" { Assert-Status (Invoke-Program $Setup "/S") 10 }
    Test-That "window: uninstalling is refused while it runs (10)" {
        $folder = Get-Folder
        $copy = Join-Path $Scratch "uninstall.exe"
        Copy-Item -LiteralPath (Join-Path $folder "uninstall.exe") -Destination $copy
        Assert-Status (Invoke-Program $copy "/S _?=$folder") 10
        Assert-That (Test-Path -LiteralPath (Join-Path $folder "CardStation.exe")) "the program is gone"
    }
    $questions = [ordered]@{
        "sharp, light or dark" = "Is the text sharp, and the window light or dark as Windows is?"
        "Chinese input" = "Type Chinese into the name field with the input method: does it work?"
        "printing" = "Log in (check / 246813), print a shift sheet on History: is it right?"
    }
    foreach ($topic in $questions.Keys) {
        Test-That "window: $topic" { Get-Answer $questions[$topic] }
    }
    Test-That "window: closes by itself when asked" { Stop-Window $script:Shown }
    Test-That "window: second start until it is there (s)" {
        $again = Start-Window
        try { Wait-Window $again } finally { Stop-Window $again }
    }
}

# --- installing, upgrading, uninstalling: only on a test machine ---

function Remove-Program([string]$Options) {
    $folder = Get-Folder
    $uninstall = Join-Path $folder "uninstall.exe"
    if (-not (Test-Path -LiteralPath $uninstall)) { return }
    # It copies itself away and returns at once: what counts is that the files are gone.
    Invoke-Program $uninstall "/S $Options" | Out-Null
    $gone = { -not (Test-Path -LiteralPath $Key) -and -not (Test-Path -LiteralPath $uninstall) }
    Wait-Until $gone 120 "still there after 120 s" | Out-Null
}

function Set-DataAside {
    if (-not (Test-Path -LiteralPath $Data)) { return "there was none" }
    $aside = "$Data.before-check-" + (Get-Date -Format "yyyyMMdd-HHmmss")
    Rename-Item -LiteralPath $Data -NewName (Split-Path -Leaf $aside)
    "kept as $aside"
}

function Write-Settings([string]$Name, [string[]]$Lines) {
    $path = Join-Path $Scratch $Name
    [IO.File]::WriteAllLines($path, $Lines)
    $path
}

# A computer that could not be cleaned is left alone: a purge must only ever take what was made here.
function Initialize-TestMachine {
    Test-That "before: what was installed is taken away" { Remove-Program "" }
    Test-That "before: what was in the data folder is kept" { Set-DataAside }
    $ready = -not (Test-Path -LiteralPath $Data) -and -not (Test-Path -LiteralPath $Key)
    if (-not $ready) { Write-Host "This computer is not clean: nothing is installed." }
    $ready
}

function Test-FirstInstall([string]$File) {
    $good = Write-Settings "station.toml" @("[desk]", 'site = "Check"')
    $bad = Write-Settings "bad.toml" @("[desk]", 'sit = "Check"')
    Test-That "install: settings that do not hold are refused (14)" {
        $done = Invoke-Program $Setup "/S /CONFIG=`"$bad`""
        Assert-Status $done 14
        Assert-That (-not (Test-Path -LiteralPath (Join-Path $Data "station.toml"))) "they were taken"
    }
    Test-That "install: silent, with settings" {
        Assert-Status (Invoke-Program $File "/S /CONFIG=`"$good`"") 0
        $taken = Get-Content -Raw -Encoding UTF8 -LiteralPath (Join-Path $Data "station.toml")
        Assert-That ($taken -match '"Check"') "the settings were not taken: $taken"
        (Get-ItemProperty -LiteralPath $Key).DisplayVersion
    }
    Test-That "install: a desk with a supervisor" {
        Assert-Status (Invoke-Station "setup --set desk.id=check --supervisor check") 0
        Assert-That (Test-Path -LiteralPath (Join-Path $Data "journal.db")) "no journal was made"
    }
}

function Test-Upgrade {
    $name = if ($OldSetup) { "upgrade: from the old version" } else { "upgrade: over the same version" }
    Test-That $name {
        $before = (Get-ItemProperty -LiteralPath $Key).DisplayVersion
        Assert-Status (Invoke-Program $Setup "/S") 0
        "$before, then $((Get-ItemProperty -LiteralPath $Key).DisplayVersion)"
    }
    Test-That "upgrade: journal and operators kept" {
        Assert-Status (Invoke-Station "--operator check journal verify") 0
        $done = Invoke-Station "--operator check operators list --json"
        Assert-That ($done.Out -match '"check"') "the supervisor is gone: $($done.Out) $($done.Said)"
    }
    Test-That "upgrade: an older setup is refused (11)" {
        if (-not $OldSetup) { Skip-Check "only with -OldSetup" }
        Assert-Status (Invoke-Program $OldSetup "/S") 11
    }
}

function Test-Uninstall {
    Test-That "uninstall: the program goes, the data stays" {
        $folder = Get-Folder
        Remove-Program ""
        Assert-That (-not (Test-Path -LiteralPath (Join-Path $folder "_internal"))) "files stayed"
        Assert-That (Test-Path -LiteralPath (Join-Path $Data "journal.db")) "the journal is gone"
    }
    Test-That "uninstall: installed once more, the desk is as it was" {
        Assert-Status (Invoke-Program $Setup "/S") 0
        Assert-Status (Invoke-Station "--operator check journal verify") 0
    }
    Test-That "uninstall: /PURGE takes the data too" {
        Remove-Program "/PURGE"
        Wait-Until { -not (Test-Path -LiteralPath $Data) } 60 "$Data is still there" | Out-Null
    }
}

function Test-Everything {
    # In variables of this process alone: nothing is left in this account's keyring.
    $bytes = New-Object byte[] 32
    [Security.Cryptography.RandomNumberGenerator]::Create().GetBytes($bytes)
    $env:STATION_JOURNAL_KEY = -join ($bytes | ForEach-Object { $_.ToString("x2") })
    $env:STATION_OPERATOR_PIN = "246813"
    if (-not (Initialize-TestMachine)) { return }
    Test-FirstInstall $(if ($OldSetup) { $OldSetup } else { $Setup })
    Test-Upgrade
    Test-Window
    Test-Installed
    Test-Readers
    Test-Uninstall
}

# --- run ---

$facts = Get-Facts
Test-SetupFile
if ($IAmATestMachine) { Test-Everything }
else {
    Write-Host "Looking only: -IAmATestMachine would install, uninstall and purge."
    if (Test-Path -LiteralPath $Key) { Test-Installed; Test-Readers }
    else { Test-That "installed" { Skip-Check "Card Station is not installed here" } }
}
$failed = @($Checks | Where-Object { $_.state -eq "FAILED" }).Count
$passed = @($Checks | Where-Object { $_.state -eq "ok" }).Count
$skipped = @($Checks | Where-Object { $_.state -eq "skipped" }).Count
[ordered]@{
    setup = Split-Path -Leaf $Setup; test_machine = [bool]$IAmATestMachine
    interactive = [bool]$Interactive; facts = $facts; checks = $Checks.ToArray()
} | ConvertTo-Json -Depth 6 | Set-Content -LiteralPath $Report -Encoding UTF8
Remove-Item -LiteralPath $Scratch -Recurse -Force -ErrorAction SilentlyContinue
Write-Host "$passed passed, $failed failed, $skipped skipped; see $Report"
exit ([math]::Min($failed, 100))
