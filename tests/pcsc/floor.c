/* The latency floor: what a bare C program gets from PC/SC.
 *
 * Waits with SCardGetStatusChange, asks each new card for its UID, prints one line a card: the UID
 * and CLOCK_MONOTONIC in seconds; "gone" when it was taken away.
 */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <winscard.h>

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec + t.tv_nsec / 1e9;
}

static LONG read_uid(SCARDCONTEXT context, const char *reader) {
  static const BYTE get_uid[] = {0xFF, 0xCA, 0x00, 0x00, 0x00};
  BYTE answer[258];
  SCARDHANDLE card;
  DWORD protocol, length = sizeof answer;
  LONG result = SCardConnect(context, reader, SCARD_SHARE_SHARED,
                             SCARD_PROTOCOL_T0 | SCARD_PROTOCOL_T1, &card, &protocol);
  if (result != SCARD_S_SUCCESS) return result;
  result = SCardTransmit(card, protocol == SCARD_PROTOCOL_T1 ? SCARD_PCI_T1 : SCARD_PCI_T0,
                         get_uid, sizeof get_uid, NULL, answer, &length);
  double at = now();
  if (result == SCARD_S_SUCCESS) {
    for (DWORD i = 0; i + 2 < length; i++) printf("%02X", answer[i]);
    printf(" %.6f\n", at);
    fflush(stdout);
  }
  SCardDisconnect(card, SCARD_LEAVE_CARD);
  return result;
}

int main(void) {
  SCARDCONTEXT context;
  char names[2048];
  DWORD length = sizeof names;
  SCARD_READERSTATE states[16];
  int had[16] = {0}, count = 0;
  if (SCardEstablishContext(SCARD_SCOPE_SYSTEM, NULL, NULL, &context) != SCARD_S_SUCCESS) return 1;
  if (SCardListReaders(context, NULL, names, &length) != SCARD_S_SUCCESS) return 2;
  memset(states, 0, sizeof states);
  for (char *name = names; *name && count < 16; name += strlen(name) + 1)
    states[count++].szReader = name;
  printf("ready\n");
  fflush(stdout);
  for (;;) {
    if (SCardGetStatusChange(context, INFINITE, states, count) != SCARD_S_SUCCESS) return 3;
    for (int i = 0; i < count; i++) {
      int here = !!(states[i].dwEventState & SCARD_STATE_PRESENT);
      states[i].dwCurrentState = states[i].dwEventState;
      if (here && !had[i] && read_uid(context, states[i].szReader) != SCARD_S_SUCCESS) {
        printf("error\n");
        fflush(stdout);
      } else if (had[i] && !here) {
        printf("gone\n");
        fflush(stdout);
      }
      had[i] = here;
    }
  }
}
