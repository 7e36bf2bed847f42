"""One file per version of the journal's tables. A version that was released is never edited."""
