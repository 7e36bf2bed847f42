; The program's files: unpacked beside the old ones, then put in their place; removed by name.
;
; FILES gives EachFolder (outermost first), EachFolderBack, EachFile (the programs last) and
; EachFileBack; each inserts a macro for every entry. Only what is named there is ever removed.
!define ERROR_SHARING_VIOLATION 32

!macro MakeStageFolder PATH
  CreateDirectory "$INSTDIR\${STAGE}\${PATH}"
!macroend
!macro StageFile PATH SOURCE
  File "/oname=$INSTDIR\${STAGE}\${PATH}" "${SRC}/${SOURCE}"
!macroend
!macro MakeFolder PATH
  CreateDirectory "$INSTDIR\${PATH}"
!macroend
!macro PlaceFile PATH SOURCE
  StrCpy $1 "${PATH}"
  Call PlaceOne
!macroend
!macro LookAtFile PATH SOURCE
  StrCpy $1 "$INSTDIR\${PATH}"
  Call un.LookAtOne
!macroend
!macro RemoveFile PATH SOURCE
  StrCpy $1 "$INSTDIR\${PATH}"
  Call un.RemoveOne
!macroend
!macro RemoveFolder PATH
  RMDir "$INSTDIR\${PATH}"
!macroend

; Room for the new files beside the old ones.
Function CheckSpace
  ${GetRoot} "$INSTDIR" $1
  ClearErrors
  ${DriveSpace} "$1\" "/D=F /S=M" $2
  ${If} ${Errors}
    Return
  ${EndIf}
  IntOp $0 ${SIZE_KB} / 1024
  IntOp $0 $0 + 20
  ${If} $2 < $0
    !insertmacro Stop 2 "$(M_SPACE)" Abort
  ${EndIf}
FunctionEnd

Function StageNew
  RMDir /r "$INSTDIR\${STAGE}"
  ClearErrors
  CreateDirectory "$INSTDIR\${STAGE}"
  !insertmacro EachFolder MakeStageFolder
  !insertmacro EachFile StageFile
  WriteUninstaller "$INSTDIR\${STAGE}\uninstall.exe"
  ${If} ${Errors}
    Call DropStage
    !insertmacro Stop 2 "$(M_UNPACK)" Abort
  ${EndIf}
FunctionEnd

Function DropStage
  SetOutPath "$TEMP"
  RMDir /r "$INSTDIR\${STAGE}"
  RMDir "$INSTDIR"
FunctionEnd

; Also where NSIS gave up by itself, since a file could not be written.
Function .onInstFailed
  ${If} $Told != 1
    !insertmacro Note "$(M_UNPACK)"
  ${EndIf}
  Call DropStage
FunctionEnd

; The old version's own uninstaller knows its files. It looks whether all can go before one goes.
Function RemoveOld
  ${If} $OldVersion == ""
  ${OrIfNot} ${FileExists} "$OldFolder\uninstall.exe"
    Return
  ${EndIf}
  !insertmacro Note "$(M_REMOVING)"
  InitPluginsDir
  CopyFiles /SILENT "$OldFolder\uninstall.exe" "$PLUGINSDIR\old.exe"
  ClearErrors
  ExecWait '"$PLUGINSDIR\old.exe" /S /UPGRADE "/LOG=$Log" _?=$OldFolder' $0
  ${If} ${Errors}
    StrCpy $0 "-"
  ${EndIf}
  ${If} $0 == 10
    !insertmacro Stop 10 "$(M_RUNNING)" Abort
  ${ElseIf} $0 != 0
    !insertmacro Stop 13 "$(M_OLD_STAYS)" Abort
  ${EndIf}
  ${If} $OldFolder != $INSTDIR
    Delete "$OldFolder\uninstall.exe"
    RMDir "$OldFolder"
  ${EndIf}
FunctionEnd

Function PlaceNew
  !insertmacro EachFolder MakeFolder
  StrCpy $1 "uninstall.exe"
  Call PlaceOne
  !insertmacro EachFile PlaceFile
  SetOutPath "$INSTDIR"
  RMDir /r "$INSTDIR\${STAGE}"
FunctionEnd

; $1, from the stage to its place. A scanner may hold a new file for a moment.
Function PlaceOne
  StrCpy $2 0
  ${Do}
    Delete "$INSTDIR\$1"
    ClearErrors
    Rename "$INSTDIR\${STAGE}\$1" "$INSTDIR\$1"
    ${IfNot} ${Errors}
      Return
    ${EndIf}
    Sleep 250
    IntOp $2 $2 + 1
  ${LoopUntil} $2 = 40
  StrCpy $1 "$INSTDIR\$1"
  !insertmacro Stop 2 "$(M_HALF_PLACED)" Abort
FunctionEnd

Function un.RemoveProgram
  StrCpy $2 0
  !insertmacro EachFile LookAtFile
  StrCpy $3 ""
  !insertmacro EachFileBack RemoveFile
  !insertmacro EachFolderBack RemoveFolder
  ${If} $3 != ""
    StrCpy $1 $3
    !insertmacro Stop 13 "$(M_HALF_REMOVED)" Abort
  ${EndIf}
  !insertmacro Note "$(M_REMOVED)"
  ClearErrors
FunctionEnd

; Whether $1 could be removed. Waits ten seconds in all ($2) for whoever holds a file.
Function un.LookAtOne
  ${Do}
    ; GENERIC_WRITE and DELETE, shared with everybody, only if it exists
    System::Call 'kernel32::CreateFileW(w r1, i 0x40010000, i 7, p 0, i 3, i 0, p 0) p.r4 ?e'
    Pop $5
    ${If} $4 P<> -1
      System::Call 'kernel32::CloseHandle(p r4)'
      Return
    ${EndIf}
    ${If} $5 <> ${ERROR_SHARING_VIOLATION}
      Return
    ${EndIf}
    Sleep 250
    IntOp $2 $2 + 1
  ${LoopUntil} $2 > 40
  !insertmacro Stop 13 "$(M_HELD)" Abort
FunctionEnd

; Removes $1; the first that would not go is kept in $3.
Function un.RemoveOne
  ClearErrors
  Delete "$1"
  ${If} ${Errors}
  ${AndIf} ${FileExists} "$1"
  ${AndIf} $3 == ""
    StrCpy $3 "$1"
  ${EndIf}
FunctionEnd
