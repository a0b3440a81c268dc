/** An Armeria server whose connections are handed off to it. */
@NullMarked
package io.handoff.examples.armeria;

import org.jspecify.annotations.NullMarked;
