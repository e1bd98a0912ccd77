/// Remembers which steps of which batches are done, and which cooldowns run.
@NullMarked
package dev.flowbell.ledger;

import org.jspecify.annotations.NullMarked;
