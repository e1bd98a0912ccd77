package dev.flowbell.testing.emulator;

import java.net.URI;

/// A running server that answers as AWS does, until it is closed.
interface Emulator extends AutoCloseable {

  /// Where it listens: one address for every service.
  URI uri();

  @Override
  void close();
}
