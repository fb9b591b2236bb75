package io.penstock.os.xdp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.os.netlink.Interfaces;
import io.penstock.os.netlink.Link;
import io.penstock.os.netns.NetNs;
import io.penstock.os.testkit.Privileged;
import io.penstock.os.testkit.TestNetNs;
import io.penstock.os.xdp.DeviceFeatures.State;
import io.penstock.os.xdp.VlanTags.Place;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Switches offloads of veth devices: {@code d0} and {@code d1} are a pair in one namespace, {@code e0}'s other end is in another. */
@Privileged
class VlanTagsTest {

    private static final List<String> ALL =
            List.of("rx-vlan-hw-parse", "rx-vlan-stag-hw-parse", "tx-vlan-hw-insert", "tx-vlan-stag-hw-insert");

    private TestNetNs ns;
    private TestNetNs other;

    @BeforeEach
    void makeNamespaces() {
        ns = TestNetNs.create("vt");
        other = TestNetNs.create("vt");
        ns.ip("link add d0 type veth peer name d1");
        ns.ip("link add b0 type bridge");
        ns.veth("e0", other, "e1");
    }

    @AfterEach
    void removeNamespaces() {
        ns.close();
        other.close();
    }

    @Test
    void shouldSwitchTheOtherEndWhenItIsInTheSameNamespace() throws Exception {
        inside(() -> {
            assertEquals(List.of(State.ON, State.ON, State.ON, State.ON), states("d1"));
            assertEquals(Place.IN_FRAMES, VlanTags.place(Interfaces.byName("d0")));
            final VlanTags tags = VlanTags.keepInFrames(Interfaces.byName("d0"));
            assertEquals(List.of(State.ON, State.ON, State.OFF, State.OFF), states("d1"));
            assertEquals(List.of(State.ON, State.ON, State.ON, State.ON), states("d0"));
            assertEquals(List.of("tx-vlan-hw-insert of d1 is off while port lan runs, so that frames keep their VLAN tags",
                    "tx-vlan-stag-hw-insert of d1 is off while port lan runs, so that frames keep their VLAN tags"),
                    tags.notes("lan", "d0"));
            tags.close();
            assertEquals(List.of(State.ON, State.ON, State.ON, State.ON), states("d1"));
            return null;
        });
    }

    @Test
    void shouldSwitchOnWhatWasOnWhenTheDeviceHasAnotherNameByThen() throws Exception {
        inside(() -> {
            final VlanTags tags = VlanTags.keepInFrames(Interfaces.byName("d0"));
            ns.ip("link set d1 name f1");
            ns.ip("link add d1 type veth peer name f0");
            assertTrue(DeviceFeatures.set("d1", "tx-vlan-hw-insert", false));
            tags.close();
            assertEquals(List.of(State.ON, State.ON, State.ON, State.ON), states("f1"));
            assertEquals(List.of(State.ON, State.ON, State.OFF, State.ON), states("d1"), "another one is left alone");
            return null;
        });
    }

    @Test
    void shouldSwitchTheDeviceItselfWhenItIsHardware() throws Exception {
        inside(() -> {
            final Link veth = Interfaces.byName("d0");
            final Link hardware = new Link(veth.ifindex(), "d0", veth.mac(), veth.mtu(), veth.flags(), 1, 1, "", veth.type(), 0, 0, -1);
            assertTrue(DeviceFeatures.set("d0", "rx-vlan-stag-hw-parse", false));
            final VlanTags tags = VlanTags.keepInFrames(hardware);
            assertEquals(List.of(State.OFF, State.OFF, State.ON, State.ON), states("d0"));
            assertEquals(1, tags.notes("lan", "d0").size());
            tags.close();
            tags.close();
            assertEquals(List.of(State.ON, State.OFF, State.ON, State.ON), states("d0"), "what was off before stays off");
            return null;
        });
    }

    @Test
    void shouldSayWhatToDoWhenItCannotSwitch() throws Exception {
        inside(() -> {
            assertEquals(Place.OTHER_END, VlanTags.place(Interfaces.byName("e0")));
            assertEquals(Place.DEVICES_BELOW, VlanTags.place(Interfaces.byName("b0")));
            try (VlanTags tags = VlanTags.keepInFrames(Interfaces.byName("e0"))) {
                assertEquals(List.of("port lan sees VLAN tags only if the other end of the link, in another network namespace, writes them "
                        + "into frames: device=e0; if tagged frames come that way, run 'ethtool -K DEV tx-vlan-hw-insert off "
                        + "tx-vlan-stag-hw-insert off' at the other end of the link"), tags.notes("lan", "e0"));
            }
            assertEquals(List.of(State.ON, State.ON, State.ON, State.ON), states("e0"));
            return null;
        });
    }

    @Test
    void shouldTellWhatCannotBeSwitchedAndWhatDoesNotExist() throws Exception {
        inside(() -> {
            assertEquals(State.FIXED, DeviceFeatures.state("lo", "tx-scatter-gather"));
            assertFalse(DeviceFeatures.set("lo", "tx-scatter-gather", false));
            assertEquals(State.OFF, DeviceFeatures.state("lo", "rx-vlan-hw-parse"));
            assertEquals(State.OFF, DeviceFeatures.state("d0", "rx-nothing"));
            assertFalse(DeviceFeatures.set("d0", "rx-nothing", true));
            assertEquals(State.OFF, DeviceFeatures.state("gone0", "rx-vlan-hw-parse"));
            assertFalse(DeviceFeatures.set("gone0", "rx-vlan-hw-parse", false));
            return null;
        });
    }

    private static List<State> states(final String device) {
        return ALL.stream().map(feature -> DeviceFeatures.state(device, feature)).toList();
    }

    private void inside(final Callable<Void> action) throws Exception {
        NetNs.within(ns.name(), action);
    }
}
