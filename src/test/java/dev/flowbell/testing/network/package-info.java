/// Servers and proxies between a client and AWS.
@NullMarked
package dev.flowbell.testing.network;

import org.jspecify.annotations.NullMarked;
