/// What EC2 knows of flow logs: which there are, where they deliver to, and what their lines look
/// like.
@NullMarked
package dev.flowbell.flowlog;

import org.jspecify.annotations.NullMarked;
