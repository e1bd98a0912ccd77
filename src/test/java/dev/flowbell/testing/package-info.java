/// What tests share: the naive twin, payloads to compare it by, sample events, an AWS endpoint.
@NullMarked
package dev.flowbell.testing;

import org.jspecify.annotations.NullMarked;
