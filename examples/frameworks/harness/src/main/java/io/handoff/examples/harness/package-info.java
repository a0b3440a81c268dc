/** What the tests of the frameworks' examples share. */
@NullMarked
package io.handoff.examples.harness;

import org.jspecify.annotations.NullMarked;
