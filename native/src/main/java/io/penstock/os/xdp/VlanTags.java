package io.penstock.os.xdp;

import io.penstock.os.netlink.Interfaces;
import io.penstock.os.netlink.Link;
import io.penstock.os.xdp.DeviceFeatures.State;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Has the VLAN tags of what a port receives stay in the frames, where its XDP program sees them.
 *
 * <pre>
 *   in the frame:   | MAC addresses | 8100 tag | 0800 | IPv4 ...     left to the kernel, which knows the VLAN's device
 *   taken out:      | MAC addresses | 0800 | IPv4 ...   + tag        XDP sees an untagged packet, and the tag is lost
 * </pre>
 *
 * <p>Hardware takes tags out of what it receives; the sending end of a veth never writes them in. Both are offloads that can
 * be switched off, and are on again after {@link #close}; a process that is killed leaves them off, and the kernel then takes
 * the tags out itself. Before a bridge or a bond gets a frame the kernel has always taken its tag out. A program could only ask
 * for such a tag ({@code bpf_xdp_metadata_rx_vlan_tag}) under the GPL, of few drivers and not in generic mode.
 *
 * <p>Source: kernel Documentation/networking/xdp-rx-metadata.rst; __netif_receive_skb_core(). Threads: control, in the
 * device's network namespace.
 */
public final class VlanTags implements AutoCloseable {

    /** Where the tags of what a device receives are, and what to do where XDP does not see them. */
    public enum Place {
        /** In the frames, or they will be when a port has begun. */
        IN_FRAMES(""),
        /** Beside the frames, unless the other end of the pair, in another network namespace, is told to write them in. */
        OTHER_END("run 'ethtool -K DEV tx-vlan-hw-insert off tx-vlan-stag-hw-insert off' at the other end of the link"),
        /** Beside the frames: the kernel takes tags out before a device that stands on others gets a frame. */
        DEVICES_BELOW("make the devices below it ports instead, or use attach: packet"),
        /** Beside the frames: its driver cannot leave them in. */
        DRIVER("keep tagged frames away from it, or use attach: packet");

        private final String advice;

        Place(final String advice) {
            this.advice = advice;
        }

        /** What to do; empty where nothing is to be done. */
        public String advice() {
            return advice;
        }
    }

    private static final List<String> RECEIVING = List.of("rx-vlan-hw-parse", "rx-vlan-stag-hw-parse");
    private static final List<String> SENDING = List.of("tx-vlan-hw-insert", "tx-vlan-stag-hw-insert");
    private static final Set<String> PAIRS = Set.of("veth", "netkit");
    private static final Set<String> ON_OTHERS =
            Set.of("bridge", "bond", "team", "openvswitch", "macvlan", "macvtap", "ipvlan", "ipvtap");

    /** Of a port that has none to keep: it has not begun, or leaves its device as it is. */
    public static final VlanTags NONE = new VlanTags(Place.IN_FRAMES, List.of());

    private final Place place;
    private List<Switched> switched;

    private VlanTags(final Place place, final List<Switched> switched) {
        this.place = place;
        this.switched = switched;
    }

    /** Where a device's tags would be if it were a port. Changes nothing. */
    public static Place place(final Link link) {
        if (ON_OTHERS.contains(link.kind())) {
            return Place.DEVICES_BELOW;
        }
        final String remover = remover(link);
        if (remover.isEmpty()) {
            return Place.OTHER_END;
        }
        return features(link).stream().anyMatch(feature -> DeviceFeatures.state(remover, feature) == State.FIXED)
                ? Place.DRIVER : Place.IN_FRAMES;
    }

    /** Switches off what takes tags out of what a device receives, as far as that can be done from here. */
    public static VlanTags keepInFrames(final Link link) {
        Place place = place(link);
        final List<Switched> switched = new ArrayList<>();
        if (place == Place.IN_FRAMES || place == Place.DRIVER) {
            final String remover = remover(link);
            for (final String feature : features(link)) {
                if (DeviceFeatures.state(remover, feature) == State.ON) {
                    if (DeviceFeatures.set(remover, feature, false)) {
                        switched.add(new Switched(ifindex(link), remover, feature));
                    } else {
                        place = Place.DRIVER;
                    }
                }
            }
        }
        return new VlanTags(place, switched);
    }

    /** What the operator of a port should know, one sentence each. */
    public List<String> notes(final String port, final String device) {
        final List<String> notes = new ArrayList<>();
        for (final Switched one : switched) {
            notes.add(one.feature + " of " + one.device + " is off while port " + port + " runs, so that frames keep their VLAN tags");
        }
        if (place == Place.OTHER_END) {
            notes.add("port " + port + " sees VLAN tags only if the other end of the link, in another network namespace, writes them into frames: "
                    + "device=" + device + "; if tagged frames come that way, " + place.advice);
        } else if (place != Place.IN_FRAMES) {
            notes.add("port " + port + " does not see VLAN tags that were taken out of frames before XDP, and forwards such frames as "
                    + "untagged: device=" + device + "; " + place.advice);
        }
        return notes;
    }

    /** Switches on again what was on, whatever its device is called now; one that is gone is left alone. */
    @Override
    public void close() {
        if (switched.isEmpty()) {
            return;
        }
        final Map<Integer, String> names = Interfaces.all().stream().collect(Collectors.toMap(Link::ifindex, Link::name));
        for (final Switched one : switched) {
            final String name = names.get(one.ifindex);
            if (name != null) {
                DeviceFeatures.set(name, one.feature, true);
            }
        }
        switched = List.of();
    }

    private static List<String> features(final Link link) {
        return PAIRS.contains(link.kind()) ? SENDING : RECEIVING;
    }

    /** The device that takes tags out of what another receives; empty where it is in another network namespace. */
    private static String remover(final Link link) {
        if (!PAIRS.contains(link.kind())) {
            return link.name();
        }
        return link.peerNetNs() != -1 ? "" : Interfaces.all().stream()
                .filter(other -> other.ifindex() == link.peer()).map(Link::name).findFirst().orElse("");
    }

    private static int ifindex(final Link link) {
        return PAIRS.contains(link.kind()) ? link.peer() : link.ifindex();
    }

    private record Switched(int ifindex, String device, String feature) {
    }
}
