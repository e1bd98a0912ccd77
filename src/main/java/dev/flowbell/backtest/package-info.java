/// What Flowbell would have sent in the time that files cover, with the settings as they are and
/// with others.
@NullMarked
package dev.flowbell.backtest;

import org.jspecify.annotations.NullMarked;
