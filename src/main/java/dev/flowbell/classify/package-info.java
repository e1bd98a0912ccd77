/// Says what a record is evidence of: a rejection, a handshake without answer, a masked source.
@NullMarked
package dev.flowbell.classify;

import org.jspecify.annotations.NullMarked;
