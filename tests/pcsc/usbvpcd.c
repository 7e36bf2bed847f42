/* IFD handler for the test rig: USB readers whose card is a TCP client of vpcd (vsmartcard).
 *
 * pcscd loads it for the USB readers that umockdev announces (vendor 0FFE), so that readers can be
 * plugged and unplugged. Card movement is reported by the handler itself, as USB readers do by their
 * interrupt pipe, instead of by pcscd's fixed poll of 400 ms. The card of the reader with USB device
 * number N connects to TCP port $VPCD_BASE + 2 * N. For tests only.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <ifdhandler.h>
#include <reader.h>

#define READERS 16
#define POLL_US 10000
#define READER(lun) (((lun) >> 16) & (READERS - 1))
#define SLOT(lun) ((lun) & 0xffff)
#define VPCD "/usr/lib/pcsc/drivers/serial/libifdvpcd.so"
/* The same function of this reader's copy of vpcd, as `real`. */
#define REAL(name) __typeof__(&name) real = (__typeof__(&name))dlsym(vpcd(lun), #name)

static struct {
  void *vpcd;
  pthread_mutex_t pipe; /* one exchange at a time, as over a USB pipe */
  volatile int stop;    /* pcscd wants its waiting thread back */
  volatile int here;    /* a card was there at the last look */
  volatile int went;    /* a card went, and pcscd was not told yet */
  volatile int told;    /* what pcscd was told last */
} readers[READERS];

/* vpcd keeps its sockets in globals, so each reader has a private copy of the library. */
static void *vpcd(DWORD lun) {
  void **library = &readers[READER(lun)].vpcd;
  if (*library) return *library;
  char copy[] = "/tmp/vpcd-copy-XXXXXX", block[4096];
  int out = mkstemp(copy);
  FILE *in = fopen(VPCD, "rb");
  if (!in || out < 0) abort();
  for (size_t n; (n = fread(block, 1, sizeof block, in)) > 0;)
    if (write(out, block, n) != (ssize_t)n) abort();
  fclose(in);
  close(out);
  *library = dlopen(copy, RTLD_NOW | RTLD_LOCAL);
  unlink(copy);
  if (!*library) {
    fprintf(stderr, "%s\n", dlerror());
    abort();
  }
  return *library;
}

static RESPONSECODE look(DWORD lun) {
  REAL(IFDHICCPresence);
  int i = READER(lun);
  /* Busy with a command: as before, until that has ended. */
  if (pthread_mutex_trylock(&readers[i].pipe))
    return readers[i].here ? IFD_ICC_PRESENT : IFD_ICC_NOT_PRESENT;
  RESPONSECODE found = real(SLOT(lun));
  pthread_mutex_unlock(&readers[i].pipe);
  if (found == IFD_ICC_NOT_PRESENT && readers[i].here) readers[i].went = 1;
  readers[i].here = found == IFD_ICC_PRESENT;
  return found;
}

RESPONSECODE IFDHICCPresence(DWORD lun) {
  int i = READER(lun);
  /* A removal is never swallowed, however soon the next card came. */
  RESPONSECODE found = readers[i].went ? IFD_ICC_NOT_PRESENT : look(lun);
  readers[i].went = 0;
  readers[i].told = found == IFD_ICC_PRESENT;
  return found;
}

static RESPONSECODE wait_for_card(DWORD lun, int timeout_ms) {
  int i = READER(lun);
  for (long left = timeout_ms * 1000L; left > 0 && !readers[i].stop; left -= POLL_US) {
    usleep(POLL_US);
    look(lun);
    if (readers[i].went || readers[i].here != readers[i].told) break;
  }
  readers[i].stop = 0;
  return IFD_SUCCESS;
}

static RESPONSECODE stop_waiting(DWORD lun) {
  readers[READER(lun)].stop = 1;
  return IFD_SUCCESS;
}

RESPONSECODE IFDHCreateChannelByName(DWORD lun, LPSTR name) {
  REAL(IFDHCreateChannelByName);
  const char *number = strrchr(name, '/'), *base = getenv("VPCD_BASE");
  int i = READER(lun), port = (base ? atoi(base) : 0) + 2 * (number ? atoi(number + 1) : 0);
  char address[64];
  readers[i].stop = readers[i].here = readers[i].went = readers[i].told = 0;
  snprintf(address, sizeof address, "/dev/null:%d", port);
  return real(SLOT(lun), address);
}

RESPONSECODE IFDHCreateChannel(DWORD lun, DWORD channel) {
  REAL(IFDHCreateChannel);
  return real(SLOT(lun), channel);
}

RESPONSECODE IFDHCloseChannel(DWORD lun) {
  REAL(IFDHCloseChannel);
  return real(SLOT(lun));
}

RESPONSECODE IFDHGetCapabilities(DWORD lun, DWORD tag, PDWORD length, PUCHAR value) {
  REAL(IFDHGetCapabilities);
  void *function = NULL;
  if (tag == TAG_IFD_POLLING_THREAD_WITH_TIMEOUT) function = (void *)wait_for_card;
  if (tag == TAG_IFD_STOP_POLLING_THREAD) function = (void *)stop_waiting;
  if (function) {
    if (*length < sizeof function) return IFD_COMMUNICATION_ERROR;
    memcpy(value, &function, sizeof function);
    *length = sizeof function;
    return IFD_SUCCESS;
  }
  if (tag == TAG_IFD_SLOTS_NUMBER || tag == TAG_IFD_SIMULTANEOUS_ACCESS ||
      tag == TAG_IFD_THREAD_SAFE) {
    *value = tag == TAG_IFD_SIMULTANEOUS_ACCESS ? READERS : 1;
    *length = 1;
    return IFD_SUCCESS;
  }
  return real(SLOT(lun), tag, length, value);
}

RESPONSECODE IFDHSetCapabilities(DWORD lun, DWORD tag, DWORD length, PUCHAR value) {
  REAL(IFDHSetCapabilities);
  return real(SLOT(lun), tag, length, value);
}

RESPONSECODE IFDHSetProtocolParameters(DWORD lun, DWORD protocol, UCHAR flags, UCHAR pts1,
                                       UCHAR pts2, UCHAR pts3) {
  REAL(IFDHSetProtocolParameters);
  return real(SLOT(lun), protocol, flags, pts1, pts2, pts3);
}

RESPONSECODE IFDHPowerICC(DWORD lun, DWORD action, PUCHAR atr, PDWORD length) {
  REAL(IFDHPowerICC);
  pthread_mutex_lock(&readers[READER(lun)].pipe);
  RESPONSECODE result = real(SLOT(lun), action, atr, length);
  pthread_mutex_unlock(&readers[READER(lun)].pipe);
  return result;
}

RESPONSECODE IFDHTransmitToICC(DWORD lun, SCARD_IO_HEADER send, PUCHAR tx, DWORD tx_length,
                               PUCHAR rx, PDWORD rx_length, PSCARD_IO_HEADER receive) {
  REAL(IFDHTransmitToICC);
  pthread_mutex_lock(&readers[READER(lun)].pipe);
  RESPONSECODE result = real(SLOT(lun), send, tx, tx_length, rx, rx_length, receive);
  pthread_mutex_unlock(&readers[READER(lun)].pipe);
  return result;
}

RESPONSECODE IFDHControl(DWORD lun, DWORD code, PUCHAR tx, DWORD tx_length, PUCHAR rx,
                         DWORD rx_length, LPDWORD returned) {
  REAL(IFDHControl);
  return real(SLOT(lun), code, tx, tx_length, rx, rx_length, returned);
}
