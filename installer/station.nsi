; The setup program of Card Station, made by installer/windows/setup.py with makensis 3.08 or newer.
;
; Defines: VERSION (1.2.3), SRC (the folder of the program), FILES (its files, as macros),
; SIZE_KB, OUT, LICENSE (UTF-16); if wanted ICON, SIGN (a command that signs the file named after
; it), QUICK (a setup that is larger and made in a tenth of the time).
;
; Options: /S silent, /D=folder (last, unquoted), /CONFIG=station.toml, /LANG=zh_CN|en,
; /AUTOSTART, /NODESKTOP, /LOG=file (else %TEMP%\CardStation-setup.log), /CHECK (say with the exit
; status whether the setup would begin, and do nothing).
; The uninstaller: /S, /PURGE, /LANG=, /LOG=.
; Exit status: 0 done, 1 cancelled, 2 aborted, 10 running, 11 newer installed, 12 unsupported
; Windows, 13 the old version would not go, 14 the station.toml given does not hold.
;
; The new files are unpacked beside the old ones first, and station.toml is tried with them. Until
; the old version is removed nothing that works has been touched: a full disk, a bad file or a power
; cut leaves the desk as it was, and running the setup again mends what was cut later.
Unicode true
Target amd64-unicode
!ifdef QUICK
  SetCompressor zlib
!else
  SetCompressor /SOLID lzma
  SetCompressorDictSize 32
!endif
ManifestDPIAware true
ManifestSupportedOS Win10
RequestExecutionLevel admin
AllowSkipFiles off
CRCCheck on

!define APP "CardStation"
!define SHOWN "Card Station 房卡工作站"
!define UNINSTALL "Software\Microsoft\Windows\CurrentVersion\Uninstall\${APP}"
!define RUN_KEY "Software\Microsoft\Windows\CurrentVersion\Run"
!define DATA "$APPDATA\${APP}"
; Not what anybody would type: so a folder that was given (/D=) is known from the usual one.
!define UNTOLD "$PROGRAMFILES64\.\${APP}"
!define STAGE "setup-new"
!define OLDEST_BUILD 17763

!include MUI2.nsh
!include FileFunc.nsh
!include WordFunc.nsh
!include LogicLib.nsh
!include Sections.nsh
!include WinVer.nsh
!include x64.nsh

Name "${SHOWN}"
BrandingText "${SHOWN} ${VERSION}"
OutFile "${OUT}"
InstallDir "${UNTOLD}"
ShowInstDetails nevershow
ShowUninstDetails nevershow
VIProductVersion "${VERSION}.0"
VIFileVersion "${VERSION}.0"
!macro VersionText LANGUAGE
  VIAddVersionKey /LANG=${LANGUAGE} "ProductName" "${SHOWN}"
  VIAddVersionKey /LANG=${LANGUAGE} "CompanyName" "Card Station contributors"
  VIAddVersionKey /LANG=${LANGUAGE} "FileDescription" "${SHOWN} setup 安装程序"
  VIAddVersionKey /LANG=${LANGUAGE} "FileVersion" "${VERSION}"
  VIAddVersionKey /LANG=${LANGUAGE} "ProductVersion" "${VERSION}"
  VIAddVersionKey /LANG=${LANGUAGE} "LegalCopyright" "MIT"
!macroend
!ifdef SIGN
  !uninstfinalize '${SIGN} "%1"' = 0
  !finalize '${SIGN} "%1"' = 0
!endif

Var Options
Var OldVersion
Var OldFolder
Var Config
Var Log
Var Told ; whether a sentence said why it ended

!ifdef ICON
  !define MUI_ICON "${ICON}"
  !define MUI_UNICON "${ICON}"
!endif
!define MUI_ABORTWARNING
!define MUI_CUSTOMFUNCTION_GUIINIT Begin
!define MUI_CUSTOMFUNCTION_UNGUIINIT un.Begin
!define MUI_LANGDLL_REGISTRY_ROOT HKLM
!define MUI_LANGDLL_REGISTRY_KEY "Software\${APP}"
!define MUI_LANGDLL_REGISTRY_VALUENAME "SetupLanguage"
!define MUI_LANGDLL_ALLLANGUAGES
!insertmacro MUI_PAGE_WELCOME
!insertmacro MUI_PAGE_LICENSE "${LICENSE}"
!insertmacro MUI_PAGE_COMPONENTS
!insertmacro MUI_PAGE_DIRECTORY
!insertmacro MUI_PAGE_INSTFILES
!define MUI_FINISHPAGE_RUN
!define MUI_FINISHPAGE_RUN_FUNCTION StartProgram
!insertmacro MUI_PAGE_FINISH
!insertmacro MUI_UNPAGE_CONFIRM
!insertmacro MUI_UNPAGE_COMPONENTS
!insertmacro MUI_UNPAGE_INSTFILES
!insertmacro MUI_LANGUAGE "English"
!insertmacro MUI_LANGUAGE "SimpChinese"
!insertmacro MUI_RESERVEFILE_LANGDLL
!insertmacro VersionText ${LANG_ENGLISH}
!insertmacro VersionText ${LANG_SIMPCHINESE}

!include "${__FILEDIR__}/nsis/words.nsh"
!include "${FILES}"
!include "${__FILEDIR__}/nsis/common.nsh"
!include "${__FILEDIR__}/nsis/files.nsh"
!include "${__FILEDIR__}/nsis/data.nsh"

Section "$(S_PROGRAM)" Program
  SectionIn RO
  AddSize ${SIZE_KB} ; the files are unpacked in a function, which is not counted
  ${If} ${Silent}
    Call Begin
  ${Else}
    Call CheckRunning
  ${EndIf}
  Call CheckSpace
  Call ProtectData
  Call StageNew
  Call TakeSettings
  Call RemoveOld
  Call PlaceNew
  Call Register
SectionEnd

Section "$(S_DESKTOP)" Desktop
  CreateShortCut "$DESKTOP\${APP}.lnk" "$INSTDIR\CardStation.exe" "" "" "" "" "" "${SHOWN}"
SectionEnd

Section /o "$(S_AUTOSTART)" Autostart
  WriteRegStr HKLM "${RUN_KEY}" "${APP}" '"$INSTDIR\CardStation.exe"'
SectionEnd

; What an earlier version put there and this time was not wanted.
Section "-tidy"
  ${IfNot} ${SectionIsSelected} ${Desktop}
    Delete "$DESKTOP\${APP}.lnk"
  ${EndIf}
  ${IfNot} ${SectionIsSelected} ${Autostart}
    DeleteRegValue HKLM "${RUN_KEY}" "${APP}"
  ${EndIf}
SectionEnd

!insertmacro MUI_FUNCTION_DESCRIPTION_BEGIN
  !insertmacro MUI_DESCRIPTION_TEXT ${Program} "$(D_PROGRAM)"
  !insertmacro MUI_DESCRIPTION_TEXT ${Desktop} "$(D_DESKTOP)"
  !insertmacro MUI_DESCRIPTION_TEXT ${Autostart} "$(D_AUTOSTART)"
!insertmacro MUI_FUNCTION_DESCRIPTION_END

Function .onInit
  SetRegView 64
  SetShellVarContext all
  Call ReadOptions
  ${If} $0 == ""
    !insertmacro MUI_LANGDLL_DISPLAY
  ${EndIf}
  Call FindOld
  Call ChooseParts
FunctionEnd

; Before the first page, or before the work where there is none: only after .onInit do sentences
; come in the language that was chosen there.
Function Begin
  ${IfNot} ${RunningX64}
  ${OrIfNot} ${AtLeastWin10}
  ${OrIfNot} ${AtLeastBuild} ${OLDEST_BUILD}
    !insertmacro Stop 12 "$(M_WINDOWS)" Quit
  ${EndIf}
  Call OnlyOneSetup
  Call CheckRunning
  ${If} $OldVersion != ""
    ${VersionCompare} "$OldVersion" "${VERSION}" $0
    ${If} $0 == 1
      !insertmacro Stop 11 "$(M_NEWER)" Quit
    ${EndIf}
  ${EndIf}
  Call FindSettings
  ClearErrors
  ${GetOptions} $Options "/CHECK" $0
  ${IfNot} ${Errors}
    SetErrorLevel 0
    Quit
  ${EndIf}
FunctionEnd

; The version that is there, and so the folder to install into.
Function FindOld
  ReadRegStr $OldVersion HKLM "${UNINSTALL}" "DisplayVersion"
  ReadRegStr $OldFolder HKLM "${UNINSTALL}" "InstallLocation"
  ${If} $INSTDIR == "${UNTOLD}"
    StrCpy $INSTDIR "$PROGRAMFILES64\${APP}"
    ${If} $OldFolder != ""
      StrCpy $INSTDIR $OldFolder
    ${EndIf}
  ${EndIf}
FunctionEnd

; The parts that are ticked: as given, else as the version before has them.
Function ChooseParts
  ${If} $OldVersion != ""
  ${AndIfNot} ${FileExists} "$DESKTOP\${APP}.lnk"
    !insertmacro UnselectSection ${Desktop}
  ${EndIf}
  ReadRegStr $0 HKLM "${RUN_KEY}" "${APP}"
  ${If} $0 != ""
    !insertmacro SelectSection ${Autostart}
  ${EndIf}
  ClearErrors
  ${GetOptions} $Options "/AUTOSTART" $0
  ${IfNot} ${Errors}
    !insertmacro SelectSection ${Autostart}
  ${EndIf}
  ClearErrors
  ${GetOptions} $Options "/NODESKTOP" $0
  ${IfNot} ${Errors}
    !insertmacro UnselectSection ${Desktop}
  ${EndIf}
FunctionEnd

; Last of all, so that a setup that was cut short still counts as the old version.
Function Register
  CreateDirectory "$SMPROGRAMS\${APP}"
  CreateShortCut "$SMPROGRAMS\${APP}\${APP}.lnk" "$INSTDIR\CardStation.exe" "" "" "" "" "" "${SHOWN}"
  WriteRegStr HKLM "Software\${APP}" "InstallDir" "$INSTDIR"
  WriteRegStr HKLM "${UNINSTALL}" "DisplayName" "${SHOWN}"
  WriteRegStr HKLM "${UNINSTALL}" "Publisher" "Card Station contributors"
  WriteRegStr HKLM "${UNINSTALL}" "DisplayIcon" "$INSTDIR\CardStation.exe"
  WriteRegStr HKLM "${UNINSTALL}" "InstallLocation" "$INSTDIR"
  WriteRegStr HKLM "${UNINSTALL}" "UninstallString" '"$INSTDIR\uninstall.exe"'
  WriteRegStr HKLM "${UNINSTALL}" "QuietUninstallString" '"$INSTDIR\uninstall.exe" /S'
  WriteRegDWORD HKLM "${UNINSTALL}" "NoModify" 1
  WriteRegDWORD HKLM "${UNINSTALL}" "NoRepair" 1
  WriteRegDWORD HKLM "${UNINSTALL}" "EstimatedSize" ${SIZE_KB}
  WriteRegStr HKLM "${UNINSTALL}" "DisplayVersion" "${VERSION}"
  !insertmacro Note "$(M_DONE)"
FunctionEnd

; Through the desktop's Explorer: as the user who sits there, not as the administrator.
Function StartProgram
  Exec '"$WINDIR\explorer.exe" "$INSTDIR\CardStation.exe"'
FunctionEnd

Section "un.$(S_PROGRAM)"
  SectionIn RO
  ${If} ${Silent}
    Call un.Begin
  ${Else}
    Call un.CheckRunning
  ${EndIf}
  Call un.RemoveProgram
  ClearErrors
  ${GetOptions} $Options "/UPGRADE" $0
  ${If} ${Errors}
    RMDir /r "$INSTDIR\${STAGE}"
    Delete "$INSTDIR\uninstall.exe"
    RMDir "$INSTDIR"
    Delete "$DESKTOP\${APP}.lnk"
    Delete "$SMPROGRAMS\${APP}\${APP}.lnk"
    RMDir "$SMPROGRAMS\${APP}"
    DeleteRegValue HKLM "${RUN_KEY}" "${APP}"
    DeleteRegKey HKLM "${UNINSTALL}"
    DeleteRegKey HKLM "Software\${APP}"
  ${EndIf}
SectionEnd

Section /o "un.$(S_PURGE)" Purge
  Call un.PurgeData
SectionEnd

!insertmacro MUI_UNFUNCTION_DESCRIPTION_BEGIN
  !insertmacro MUI_DESCRIPTION_TEXT ${Purge} "$(D_PURGE)"
!insertmacro MUI_UNFUNCTION_DESCRIPTION_END

Function un.onInit
  SetRegView 64
  SetShellVarContext all
  Call un.ReadOptions
  ${If} $0 == ""
    !insertmacro MUI_UNGETLANGUAGE
  ${EndIf}
  ClearErrors
  ${GetOptions} $Options "/PURGE" $0
  ${IfNot} ${Errors}
    !insertmacro SelectSection ${Purge}
  ${EndIf}
FunctionEnd

Function un.Begin
  ClearErrors
  ${GetOptions} $Options "/UPGRADE" $0
  ${If} ${Errors}
    Call un.OnlyOneSetup
  ${Else}
    Call un.JoinSetup
  ${EndIf}
  Call un.CheckRunning
FunctionEnd
