/// Remembers what was done already: batches, their steps, and cooldowns.
@NullMarked
package dev.flowbell.ledger;

import org.jspecify.annotations.NullMarked;
