; The data folder: who may use it, the settings a site gives along, and its removal.
;
; SYSTEM and administrators may do all, users of this computer may read and change, whoever comes
; over the network may do nothing (S-1-5-2, before all else). Nothing is inherited from above.
!define ACL "D:PAI(D;OICI;FA;;;NU)(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)(A;OICI;0x1301bf;;;BU)"
!define SE_FILE_OBJECT 1
!define PROTECTED_DACL 0x80000004
!define FILE_ATTRIBUTE_REPARSE_POINT 0x400

Var Said
Var NewData

; Makes the data folder and its folders. A link is left alone: any user could have made it, to get
; hold of what it points to.
Function ProtectData
  StrCpy $NewData 0
  ${IfNot} ${FileExists} "${DATA}\*.*"
    StrCpy $NewData 1
  ${EndIf}
  CreateDirectory "${DATA}"
  System::Call 'kernel32::GetFileAttributesW(w "${DATA}") i.r0'
  IntOp $0 $0 & ${FILE_ATTRIBUTE_REPARSE_POINT}
  ${If} $0 <> 0
    !insertmacro Note "$(M_LINK)"
    Return
  ${EndIf}
  System::Call 'advapi32::ConvertStringSecurityDescriptorToSecurityDescriptorW(w "${ACL}", i 1, *p .r2, p 0) i.r0 ?e'
  Pop $1
  ${If} $0 <> 0
    System::Call 'advapi32::GetSecurityDescriptorDacl(p r2, *i .r3, *p .r4, *i .r5)'
    System::Call 'advapi32::SetNamedSecurityInfoW(w "${DATA}", i ${SE_FILE_OBJECT}, i ${PROTECTED_DACL}, p 0, p 0, p r4, p 0) i.r1'
    System::Call 'kernel32::LocalFree(p r2)'
  ${EndIf}
  ${If} $1 <> 0
    RMDir "${DATA}"
    !insertmacro Stop 2 "$(M_PROTECT)" Abort
  ${EndIf}
  CreateDirectory "${DATA}\logs"
  CreateDirectory "${DATA}\backups"
FunctionEnd

; The data folder that this very setup made.
Function DropNewData
  ${If} $NewData = 1
    nsExec::Exec '"$SYSDIR\cmd.exe" /d /c rd /s /q "${DATA}"'
    Pop $0
  ${EndIf}
FunctionEnd

; The settings file given along in $Config: /CONFIG=, else station.toml beside the setup.
Function FindSettings
  StrCpy $Config ""
  ClearErrors
  ${GetOptions} $Options "/CONFIG=" $0
  ${IfNot} ${Errors}
    GetFullPathName $Config $0
    ${IfNot} ${FileExists} $0
      StrCpy $Config $0
      !insertmacro Stop 14 "$(M_NO_CONFIG)" Quit
    ${EndIf}
  ${ElseIf} ${FileExists} "$EXEDIR\station.toml"
    StrCpy $Config "$EXEDIR\station.toml"
  ${EndIf}
FunctionEnd

; The new program takes it, or says why not; the old one is still there then.
Function TakeSettings
  ${If} $Config == ""
    Return
  ${EndIf}
  StrCpy $1 "en"
  ${If} $LANGUAGE = ${LANG_SIMPCHINESE}
    StrCpy $1 "zh_CN"
  ${EndIf}
  InitPluginsDir
  nsExec::Exec '"$SYSDIR\cmd.exe" /d /s /c ""$INSTDIR\${STAGE}\station.exe" --lang $1 setup --settings-from "$Config" > "$PLUGINSDIR\said.txt" 2>&1"'
  Pop $0
  Call ReadSaid
  ${If} $0 == "0"
    !insertmacro Note "$(M_TAKEN)"
    Return
  ${EndIf}
  Call DropStage
  Call DropNewData
  !insertmacro Stop 14 "$(M_CONFIG)" Abort
FunctionEnd

; What the program said, in $Said: UTF-8, or the system's own characters.
Function ReadSaid
  StrCpy $Said ""
  System::Call 'kernel32::CreateFileW(w "$PLUGINSDIR\said.txt", i 0x80000000, i 7, p 0, i 3, i 0, p 0) p.r2'
  ${If} $2 P= -1
    Return
  ${EndIf}
  System::Alloc 4096
  Pop $3
  System::Call 'kernel32::ReadFile(p r2, p r3, i ${NSIS_MAX_STRLEN}, *i .r4, p 0)'
  System::Call 'kernel32::CloseHandle(p r2)'
  ; 8: refuse what is not UTF-8
  System::Call 'kernel32::MultiByteToWideChar(i 65001, i 8, p r3, i r4, w .r5, i ${NSIS_MAX_STRLEN}) i.r6'
  ${If} $6 = 0
    System::Call 'kernel32::MultiByteToWideChar(i 0, i 0, p r3, i r4, w .r5, i ${NSIS_MAX_STRLEN}) i.r6'
  ${EndIf}
  StrCpy $Said $5 $6
  System::Free $3
FunctionEnd

; By the system's own command, which does not follow links out of the folder.
Function un.PurgeData
  ${IfNot} ${FileExists} "${DATA}\*.*"
    Return
  ${EndIf}
  MessageBox MB_YESNO|MB_ICONEXCLAMATION|MB_DEFBUTTON2 "$(M_ASK_PURGE)" /SD IDYES IDYES sure
  Return
sure:
  nsExec::Exec '"$SYSDIR\cmd.exe" /d /c rd /s /q "${DATA}"'
  Pop $0
  ${If} ${FileExists} "${DATA}\*.*"
    !insertmacro Stop 2 "$(M_NOT_PURGED)" Abort
  ${EndIf}
  !insertmacro Note "$(M_PURGED)"
FunctionEnd
