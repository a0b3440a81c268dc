package io.handoff.netty.parking;

/**
 * What has become of the connections that were to be parked. Each is counted once.
 *
 * @param parked connections that the service manager has. They are closed here, which their clients do not notice
 * @param ended connections that have ended by themselves, or that the program has closed meanwhile
 * @param left connections that are the program's still, and served as before
 * @param problem why one of those that are left is, as of the last time; empty if none is. It holds no state
 */
public record ParkingReport(int parked, int ended, int left, String problem) {}
