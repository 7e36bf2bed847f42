"""The life of a setup, run through under Wine: installed, given data, upgraded, refused, removed.

    python -m installer.lifecycle --setup NEW.exe --older OLD.exe --prefix DIR

One line a check, at the end `N passed, N failed`; exit status 0 when none failed. The prefix is
made if it is not there. What only a real Windows can show is left to `installer/windows_check.ps1`.
"""
