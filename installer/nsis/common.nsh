; What the setup and the uninstaller share: options, the log, and who must not be running.
!define MUTEX "Global\CardStation"
!define SETUP_MUTEX "Global\CardStationSetup"
!define ERROR_FILE_NOT_FOUND 2
!define ERROR_ALREADY_EXISTS 183

!macro Note TEXT
  Push `${TEXT}`
  !ifdef __UNINSTALL__
    Call un.WriteLog
  !else
    Call WriteLog
  !endif
!macroend

; End with an exit status and a sentence: shown, or only in the log when silent.
; HOW: Quit (before the pages), Abort (within a section).
!macro Stop STATUS TEXT HOW
  StrCpy $Told 1
  !insertmacro Note `${TEXT}`
  MessageBox MB_OK|MB_ICONSTOP `${TEXT}` /SD IDOK
  SetErrorLevel ${STATUS}
  ${HOW}
!macroend

!macro CommonFunctions UN
; The words of the command line in $Options; the language that was asked for in $0, or nothing.
Function ${UN}ReadOptions
  ${GetParameters} $Options
  StrCpy $Log "$TEMP\${APP}-setup.log"
  ClearErrors
  ${GetOptions} $Options "/LOG=" $0
  ${IfNot} ${Errors}
    StrCpy $Log $0
  ${EndIf}
  ClearErrors
  ${GetOptions} $Options "/LANG=" $0
  ${If} ${Errors}
    StrCpy $0 ""
  ${ElseIf} $0 == "zh_CN"
    StrCpy $LANGUAGE ${LANG_SIMPCHINESE}
  ${Else}
    StrCpy $LANGUAGE ${LANG_ENGLISH}
  ${EndIf}
FunctionEnd

; One sentence (on the stack) into the log: UTF-16, newest last.
Function ${UN}WriteLog
  Exch $9
  Push $8
  DetailPrint $9
  ClearErrors
  FileOpen $8 $Log a
  ${IfNot} ${Errors}
    FileSeek $8 0 END
    FileWriteUTF16LE /BOM $8 "$9$\r$\n"
    FileClose $8
  ${EndIf}
  ClearErrors
  Pop $8
  Pop $9
FunctionEnd

; A mutex that is there but may not be opened belongs to another user's program.
Function ${UN}CheckRunning
  System::Call 'kernel32::OpenMutexW(i 0x100000, i 0, w "${MUTEX}") p.r0 ?e'
  Pop $1
  ${If} $0 P<> 0
    System::Call 'kernel32::CloseHandle(p r0)'
  ${ElseIf} $1 = ${ERROR_FILE_NOT_FOUND}
    Return
  ${EndIf}
  !insertmacro Stop 10 "$(M_RUNNING)" Quit
FunctionEnd

; Held until this program ends, and the old uninstaller that it may have started.
Function ${UN}OnlyOneSetup
  System::Call 'kernel32::CreateMutexW(p 0, i 0, w "${SETUP_MUTEX}") p.r0 ?e'
  Pop $1
  ${If} $0 P= 0
  ${OrIf} $1 = ${ERROR_ALREADY_EXISTS}
    !insertmacro Stop 10 "$(M_OTHER_SETUP)" Quit
  ${EndIf}
FunctionEnd
!macroend
!insertmacro CommonFunctions ""
!insertmacro CommonFunctions "un."

; Holds the setup's mutex too: should that be killed, no other begins before this has ended.
Function un.JoinSetup
  System::Call 'kernel32::CreateMutexW(p 0, i 0, w "${SETUP_MUTEX}")'
FunctionEnd
