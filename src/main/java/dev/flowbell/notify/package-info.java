/// Notifications: alerts as text, JSON and chat messages.
@NullMarked
package dev.flowbell.notify;

import org.jspecify.annotations.NullMarked;
