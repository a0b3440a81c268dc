package io.handoff.netty.parking;

/**
 * What has become of the connections that were parked for this process. Each is counted once.
 *
 * @param taken connections that are the program's: active, or closed since
 * @param closed connections that could not be adopted, and are closed
 * @param left connections that the service manager has still, for the next process, because it could not be told to let go of them, or because
 *     the event loops have ended
 * @param problem why the last one of those that are closed or left is; empty if none is. It holds no state
 */
public record TakingBackReport(int taken, int closed, int left, String problem) {}
