package dev.flowbell.testing.emulator;

import java.net.URI;

/// A running server with AWS's protocols, until it is closed.
interface Emulator extends AutoCloseable {

  /// Returns the address of every service.
  URI uri();

  @Override
  void close();
}
