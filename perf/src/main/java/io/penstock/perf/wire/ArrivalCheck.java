package io.penstock.perf.wire;

/**
 * What a sink holds the frames of one generator to.
 *
 * @param profile         what was sent, or null when it was a capture
 * @param flows           of the profile or the capture
 * @param routers         on the way that lower the TTL
 * @param keepsSource     whether source address and port are to arrive as they were sent; not looked at in a capture
 * @param keepsDestination the same of the destination
 */
public record ArrivalCheck(
        TrafficProfile profile, int flows, int routers, boolean keepsSource, boolean keepsDestination) {

    /** Of a profile that passes some routers, none of which translates. */
    public static ArrivalCheck of(final TrafficProfile profile, final int routers) {
        return new ArrivalCheck(profile, profile.flows(), routers, true, true);
    }

    /** Of a capture. The sink counts and drops all of IPv4 that comes, stamped or not. */
    public static ArrivalCheck of(final Replay replay, final int routers) {
        return new ArrivalCheck(null, replay.flows(), routers, false, false);
    }

    /** The same where sources are translated. */
    public ArrivalCheck withSourceTranslated() {
        return new ArrivalCheck(profile, flows, routers, false, keepsDestination);
    }

    /** The same where destinations are translated. */
    public ArrivalCheck withDestinationTranslated() {
        return new ArrivalCheck(profile, flows, routers, keepsSource, false);
    }

    boolean isCapture() {
        return profile == null;
    }

    boolean v4() {
        return isCapture() || profile.v4();
    }
}
