package io.penstock.os.netlink;

import java.util.List;

/**
 * A next hop, or a group of them, that routes share by number ({@code ip nexthop}).
 *
 * @param id        its number
 * @param blackhole true if it drops
 * @param nextHop   the way out, or null for groups and black holes
 * @param group     the members of a group, otherwise empty
 */
public record NextHopObject(int id, boolean blackhole, NextHop nextHop, List<Member> group) {

    /**
     * A member of a group.
     *
     * @param id     the member's number
     * @param weight its share, 1 to 65536
     */
    public record Member(int id, int weight) {
    }
}
