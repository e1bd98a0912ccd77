/// Remembers which steps of which batches are done, what was seen, and what was sent.
@NullMarked
package dev.flowbell.ledger;

import org.jspecify.annotations.NullMarked;
