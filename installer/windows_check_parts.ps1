# How windows_check.ps1 writes a check, runs programs, and what it notes of the computer.
# UNPROVEN, as that script is: nobody has run it on a real Windows yet.

function Skip-Check([string]$Why) { throw [OperationCanceledException]::new($Why) }

# Dynamic scope: a block sees its caller's variables, but Name, Block, watch, state and value are these.
# A check holds when its block ends without an error; what the block returns is kept as its value.
function Test-That([string]$Name, [scriptblock]$Block) {
    $watch = [Diagnostics.Stopwatch]::StartNew()
    $state = "ok"
    try { $value = (& $Block | Out-String).Trim() }
    catch [OperationCanceledException] { $state = "skipped"; $value = $_.Exception.Message }
    catch { $state = "FAILED"; $value = $_.Exception.Message }
    $seconds = [math]::Round($watch.Elapsed.TotalSeconds, 2)
    $Checks.Add([ordered]@{ name = $Name; state = $state; value = $value; seconds = $seconds })
    Write-Host ("{0,-8}{1}  {2}" -f $state, $Name, (($value -split "`r?`n")[0]))
}

function Assert-That([bool]$Holds, [string]$Otherwise) { if (-not $Holds) { throw $Otherwise } }

# A fact that may be missing on this Windows: never a failure.
function Get-Fact([scriptblock]$Block) {
    try { & $Block } catch { "unknown: " + $_.Exception.Message }
}

function Start-Program([string]$File, [string]$Arguments) {
    $start = New-Object Diagnostics.ProcessStartInfo -ArgumentList $File, $Arguments
    $start.WorkingDirectory = $Scratch
    $start.UseShellExecute = $false
    $start.CreateNoWindow = $true
    $start.RedirectStandardOutput = $true
    $start.RedirectStandardError = $true
    $start.StandardOutputEncoding = [Text.Encoding]::UTF8
    $start.StandardErrorEncoding = [Text.Encoding]::UTF8
    [Diagnostics.Process]::Start($start)
}

function Invoke-Program([string]$File, [string]$Arguments, [int]$Seconds = 900) {
    $process = Start-Program $File $Arguments
    $out = $process.StandardOutput.ReadToEndAsync()
    $said = $process.StandardError.ReadToEndAsync()
    if (-not $process.WaitForExit($Seconds * 1000)) {
        $process.Kill()
        throw "did not end within $Seconds s: $File $Arguments"
    }
    [pscustomobject]@{ Status = $process.ExitCode; Out = $out.Result; Said = $said.Result }
}

function Get-Folder {
    $place = (Get-ItemProperty -LiteralPath $Key -ErrorAction SilentlyContinue).InstallLocation
    if ($place) { $place.Trim('"') } else { Join-Path $env:ProgramFiles $App }
}

function Invoke-Station([string]$Arguments, [int]$Seconds = 300) {
    Invoke-Program (Join-Path (Get-Folder) "station.exe") $Arguments $Seconds
}

function Assert-Status($Done, [int]$Wanted) {
    $text = "$($Done.Out) $($Done.Said)".Trim()
    Assert-That ($Done.Status -eq $Wanted) "status $($Done.Status), not ${Wanted}: $text"
}

function Wait-Until([scriptblock]$Condition, [int]$Seconds, [string]$Otherwise) {
    $watch = [Diagnostics.Stopwatch]::StartNew()
    while (-not (& $Condition)) {
        if ($watch.Elapsed.TotalSeconds -gt $Seconds) { throw $Otherwise }
        Start-Sleep -Milliseconds 50
    }
    [math]::Round($watch.Elapsed.TotalSeconds, 2)
}

function Get-Answer([string]$Question) {
    if (-not $Interactive) { Skip-Check "only with -Interactive" }
    Assert-That ((Read-Host "$Question [y/n]") -match "^[yY]") "the answer was no"
}

function Get-Facts {
    $system = Get-CimInstance Win32_OperatingSystem
    $windows = "Software\Microsoft\Windows\CurrentVersion"
    $desktop = "HKCU:\Control Panel\Desktop\WindowMetrics"
    [ordered]@{
        time = (Get-Date).ToString("o")
        system = "$($system.Caption) $($system.Version) $($system.OSArchitecture)"
        power_shell = $PSVersionTable.PSVersion.ToString()
        language = Get-Fact { (Get-Culture).Name }
        time_zone = Get-Fact { (Get-TimeZone).Id }
        uac = Get-Fact { (Get-ItemProperty "HKLM:\$windows\Policies\System").ConsentPromptBehaviorAdmin }
        smart_screen = Get-Fact { (Get-ItemProperty "HKLM:\$windows\Explorer").SmartScreenEnabled }
        defender = Get-Fact { (Get-MpComputerStatus).AntivirusSignatureVersion }
        defender_watches = Get-Fact { (Get-MpComputerStatus).RealTimeProtectionEnabled }
        dpi = Get-Fact { (Get-ItemProperty $desktop).AppliedDPI }
        screens = Get-Fact { @(Get-CimInstance Win32_VideoController | ForEach-Object VideoModeDescription) }
        light_apps = Get-Fact { (Get-ItemProperty "HKCU:\$windows\Themes\Personalize").AppsUseLightTheme }
        input_methods = Get-Fact { @(Get-WinUserLanguageList | ForEach-Object InputMethodTips) }
        printers = Get-Fact { @(Get-Printer | ForEach-Object { "$($_.Name) ($($_.DriverName))" }) }
        readers = Get-Fact { @(Get-PnpDevice -Class SmartCardReader -PresentOnly).FriendlyName }
    }
}
