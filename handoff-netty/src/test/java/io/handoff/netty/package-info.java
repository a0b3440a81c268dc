/** What the tests of several rooms share, and the tests of what holds for all rooms. The library has no class in this package. */
@NullMarked
package io.handoff.netty;

import org.jspecify.annotations.NullMarked;
