; Every sentence of the setup and the uninstaller, in both languages.
!macro Words NAME ENGLISH CHINESE
  LangString ${NAME} ${LANG_ENGLISH} "${ENGLISH}"
  LangString ${NAME} ${LANG_SIMPCHINESE} "${CHINESE}"
!macroend
!define Words '!insertmacro Words'

${Words} S_PROGRAM "Program (required)" "程序（必需）"
${Words} D_PROGRAM "The window (CardStation.exe) and the command line (station.exe)." \
  "窗口程序（CardStation.exe）和命令行程序（station.exe）。"
${Words} S_DESKTOP "Desktop shortcut" "桌面快捷方式"
${Words} D_DESKTOP "A shortcut on the desktop of every user." "在所有用户的桌面上放一个快捷方式。"
${Words} S_AUTOSTART "Start with Windows" "开机自动启动"
${Words} D_AUTOSTART "Opens the window when a user logs in." "用户登录时打开窗口。"
${Words} S_PURGE "Also delete the data" "同时删除数据"
${Words} D_PURGE \
  "Journal, settings, logs and backups of this desk. They cannot be brought back." \
  "本机的操作记录、设置、日志和备份。删除后无法恢复。"

${Words} M_WINDOWS "64-bit Windows 10 version 1809 or later is needed." \
  "需要 64 位 Windows 10 1809 或更高版本。"
${Words} M_RUNNING \
  "Card Station is running, perhaps in another user's session. Close it and try again." \
  "房卡工作站正在运行，也可能在另一个用户的会话中。请关闭后重试。"
${Words} M_OTHER_SETUP "Another setup of Card Station is running. Wait for it to end." \
  "另一个房卡工作站安装程序正在运行，请等它结束。"
${Words} M_NEWER \
  "A newer version ($OldVersion) is installed. This setup brings ${VERSION}; nothing was changed." \
  "已安装更新的版本（$OldVersion）。本安装程序是 ${VERSION}；没有作任何更改。"
${Words} M_SPACE "There is not enough room on the disk of $INSTDIR: $0 MB are needed." \
  "$INSTDIR 所在的磁盘空间不足：需要 $0 MB。"
${Words} M_UNPACK \
  "The new files could not be written to $INSTDIR. What was installed before is unchanged." \
  "无法把新文件写入 $INSTDIR。原来安装的内容没有改动。"
${Words} M_PROTECT "The data folder ${DATA} could not be protected (error $1). Nothing was installed." \
  "无法保护数据文件夹 ${DATA}（错误 $1）。没有安装任何内容。"
${Words} M_LINK \
  "The data folder ${DATA} is a link to elsewhere: who may use it was left as it is." \
  "数据文件夹 ${DATA} 是指向别处的链接：其权限保持不变。"
${Words} M_NO_CONFIG "The settings file $Config does not exist. Nothing was installed." \
  "设置文件 $Config 不存在。没有安装任何内容。"
${Words} M_CONFIG \
  "The settings file $Config does not hold. Nothing was installed. Mend the file, or take it away, and run this setup again.$\r$\n$\r$\n$Said" \
  "设置文件 $Config 不成立。没有安装任何内容。请改正或移开该文件，再运行本安装程序。$\r$\n$\r$\n$Said"
${Words} M_TAKEN "Settings file $Config: $Said" "设置文件 $Config：$Said"
${Words} M_HELD \
  "$1 is in use by another program. Nothing was removed. Close that program (or restart Windows) and try again." \
  "$1 正被其他程序使用。没有删除任何内容。请关闭该程序（或重启 Windows）后重试。"
${Words} M_OLD_STAYS \
  "Version $OldVersion could not be removed (status $0). Restart Windows and run this setup again; the data is untouched." \
  "无法移除版本 $OldVersion（状态 $0）。请重启 Windows 后再运行本安装程序；数据没有改动。"
${Words} M_HALF_REMOVED \
  "$1 could not be removed, so the program is incomplete. Restart Windows and run the setup (or uninstall.exe) again; the data is untouched." \
  "无法删除 $1，程序已不完整。请重启 Windows 后再次运行安装程序（或 uninstall.exe）；数据没有改动。"
${Words} M_HALF_PLACED \
  "$1 could not be put in place, so the program is incomplete. Restart Windows and run this setup again; the data is untouched." \
  "无法放置 $1，程序不完整。请重启 Windows 后再次运行本安装程序；数据没有改动。"
${Words} M_REMOVING "Removing version $OldVersion" "正在移除版本 $OldVersion"
${Words} M_DONE "Version ${VERSION} is installed in $INSTDIR." "版本 ${VERSION} 已安装到 $INSTDIR。"
${Words} M_REMOVED "Version ${VERSION} was removed from $INSTDIR." "版本 ${VERSION} 已从 $INSTDIR 移除。"
${Words} M_ASK_PURGE \
  "Delete the data in ${DATA}?$\r$\n$\r$\nJournal, settings, logs and backups cannot be brought back. Without the journal nobody can say which card opens which door." \
  "删除 ${DATA} 中的数据？$\r$\n$\r$\n操作记录、设置、日志和备份将无法恢复。没有操作记录，就无人知道哪张卡能开哪扇门。"
${Words} M_PURGED "The data in ${DATA} was deleted." "${DATA} 中的数据已删除。"
${Words} M_NOT_PURGED "The data in ${DATA} could not be deleted altogether: something uses it." \
  "${DATA} 中的数据未能全部删除：有程序正在使用。"
