package io.longcat4j.download;

/** Work on one file, on a thread of its own; its figures may be read by others meanwhile. */
interface Job {
  /** Does it. */
  void run() throws InterruptedException;

  /** Bytes of the file that are there, or have been read. */
  long done();

  /** Bytes that came over the network. */
  long received();

  /** Cuts what it waits for, so that it ends; an interruption alone may not be heard. */
  void cut();

  /** Cuts a connection over which nothing has come for too long. */
  void endSilence(long nanos);
}
