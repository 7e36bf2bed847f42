/* Stands in for both programs where the setup is tested without them: takes the same words.
 *
 * --version; setup --settings-from FILE; simulate or -platform: runs until it is killed.
 * With "guarded" it holds its mutex as another user's program does: nobody may open it.
 */
#include <windows.h>
#include <sddl.h>
#include <stdio.h>
#include <string.h>
#include <wchar.h>

#ifndef VERSION
#define VERSION "0.0.0"
#endif

static BOOL given(int count, wchar_t **words, const wchar_t *wanted) {
    for (int i = 1; i < count; i++)
        if (!wcscmp(words[i], wanted)) return TRUE;
    return FALSE;
}

static int refuse(const char *code) {
    fprintf(stderr, "%s \xe8\xae\xbe\xe7\xbd\xae\n  [%s]\n", "The settings:", code);
    return 2;
}

static int take(const wchar_t *name) {
    static char text[10000];
    wchar_t folder[MAX_PATH], target[MAX_PATH + 20];
    FILE *file = _wfopen(name, L"rb");
    if (!file) return refuse("file_unreadable");
    text[fread(text, 1, sizeof text - 1, file)] = 0;
    fclose(file);
    if (strstr(text, "secret")) return refuse("settings_secret_inside");
    if (strstr(text, "many")) return refuse("settings_field");
    if (!GetEnvironmentVariableW(L"ProgramData", folder, MAX_PATH)) return refuse("internal");
    swprintf(target, MAX_PATH + 20, L"%ls\\CardStation\\station.toml", folder);
    if (!CopyFileW(name, target, TRUE)) printf("This desk has settings already.\n");
    else printf("Taken.\n");
    return 0;
}

int wmain(int count, wchar_t **words) {
    SECURITY_ATTRIBUTES guard = {sizeof guard, NULL, FALSE};
    if (given(count, words, L"guarded"))
        ConvertStringSecurityDescriptorToSecurityDescriptorW(
            L"D:(D;;GA;;;WD)", SDDL_REVISION_1, &guard.lpSecurityDescriptor, NULL);
    CreateMutexW(&guard, FALSE, L"Global\\CardStation");
    if (given(count, words, L"--version")) return printf("%s\n", VERSION) < 0;
    if (given(count, words, L"setup")) return take(words[count - 1]);
    if (given(count, words, L"simulate") || given(count, words, L"-platform")) Sleep(600000);
    return 0;
}
