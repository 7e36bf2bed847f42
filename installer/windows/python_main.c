/* python.exe and pythonw.exe of the build's Windows Python: what CPython's own do, and no more. */
#include <windows.h>

extern int Py_Main(int argc, wchar_t **argv);

#ifdef WINDOWED
#include <stdlib.h>
int WINAPI wWinMain(HINSTANCE self, HINSTANCE before, LPWSTR line, int show) {
    return Py_Main(__argc, __wargv);
}
#else
int wmain(int argc, wchar_t **argv) { return Py_Main(argc, argv); }
#endif
