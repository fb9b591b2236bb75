package io.penstock.dataplane.hooks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.penstock.dataplane.api.Family;
import io.penstock.dataplane.api.HookException;
import io.penstock.dataplane.api.HookFunction;
import io.penstock.dataplane.api.HookOps;
import io.penstock.dataplane.api.HookPoint;
import io.penstock.dataplane.api.HookRegistrar.Registration;
import io.penstock.dataplane.api.QueueHandler;
import io.penstock.dataplane.api.Verdict;
import io.penstock.dataplane.hot.pipeline.HookList;
import io.penstock.dataplane.program.HookSet;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who is registered where, and what is refused. */
class HookRegistryTest {

    private static final HookFunction ACCEPT = (packet, state) -> Verdict.ACCEPT;

    private final HookRegistry registry = new HookRegistry(null);
    private final FakeScope own = new FakeScope("", "lan", "wan");
    private final FakeScope blue = new FakeScope("blue", "veth0");

    HookRegistryTest() {
        registry.addScope(own);
        registry.addScope(blue);
    }

    @Test
    void shouldRegisterForBothFamiliesWhenInet() {
        for (final HookPoint point : List.of(HookPoint.PRE_ROUTING, HookPoint.LOCAL_IN, HookPoint.FORWARD,
                HookPoint.LOCAL_OUT, HookPoint.POST_ROUTING)) {
            final Registration registration = registry.register(HookOps.of("a", Family.INET, point, 0, ACCEPT));
            for (final HookList list : HookList.values()) {
                assertEquals(list.point() == point, own.functions(list).contains(ACCEPT), list.name());
            }
            registration.close();
        }
        registry.register(HookOps.of("a", Family.INET, HookPoint.INGRESS, 0, ACCEPT).on("lan"));
        assertEquals(List.of(ACCEPT), own.functions(HookList.INGRESS));
    }

    @Test
    void shouldRegisterForOneFamilyOnly() {
        registry.register(HookOps.of("a", Family.IPV6, HookPoint.FORWARD, 0, ACCEPT));
        assertEquals(List.of(ACCEPT), own.functions(HookList.IPV6_FORWARD));
        assertEquals(List.of(), own.functions(HookList.IPV4_FORWARD));
    }

    @Test
    void shouldRegisterInOneNamespaceOnly() {
        registry.register(forward("a").in("blue"));
        assertEquals(List.of(ACCEPT), blue.functions(HookList.IPV4_FORWARD));
        assertEquals(List.of(), own.functions(HookList.IPV4_FORWARD));
        assertEquals(1, own.applied.size(), "a namespace that it does not concern is left alone");
    }

    @Test
    void shouldRegisterInNamespacesThatAppearLater() {
        registry.register(List.of(forward("every"), forward("blue").in("blue")));
        final FakeScope red = new FakeScope("red");
        registry.addScope(red);
        assertEquals(1, red.functions(HookList.IPV4_FORWARD).size());
    }

    @Test
    void shouldEmptyANamespaceThatGoes() {
        final Registration every = registry.register(forward("every"));
        final Registration onlyBlue = registry.register(forward("blue").in("blue"));
        final Registration handler = registry.registerQueueHandler("blue", (packet, state, queue, token) -> 0);
        registry.removeScope(blue);
        assertSame(HookSet.EMPTY, blue.applied.getLast());
        assertNull(blue.handler);
        assertEquals(List.of("every"), names());
        final int changes = blue.applied.size();
        onlyBlue.close();
        handler.close();
        every.close();
        registry.removeScope(blue);
        assertEquals(changes, blue.applied.size());
        registry.addScope(blue);
        assertNull(blue.handler);
        assertEquals(List.of(), blue.functions(HookList.IPV4_FORWARD));
    }

    @Test
    void shouldRefuseANamespaceThatIsServedAlready() {
        assertEquals("network namespace blue is served already; remove it first",
                assertThrows(HookException.class, () -> registry.addScope(new FakeScope("blue"))).getMessage());
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldForgetANamespaceThatCannotTakeItsFunctions(final boolean error) {
        final FakeScope red = failing(new FakeScope("red"), error);
        assertSame(red.failure, assertThrows(Throwable.class, () -> registry.addScope(red)));
        registry.register(forward("a"));
        assertEquals(List.of(), red.applied);
        registry.addScope(red);
        assertEquals(1, red.applied.size());
    }

    @Test
    void shouldListInOrderOfRegistration() {
        registry.register(List.of(forward("b"), forward("a")));
        registry.register(forward("c"));
        assertEquals(List.of("b", "a", "c"), names());
    }

    @Test
    void shouldEndARegistrationOnce() {
        final Registration registration = registry.register(forward("a"));
        registration.close();
        final int changes = own.applied.size();
        registration.close();
        assertEquals(changes, own.applied.size());
        assertEquals(List.of(), names());
    }

    @Test
    void shouldNotEndAnotherRegistrationOfTheSameFunction() {
        final Registration first = registry.register(forward("a"));
        registry.register(forward("a"));
        first.close();
        first.close();
        assertEquals(1, own.functions(HookList.IPV4_FORWARD).size());
    }

    @Test
    void shouldRegisterNothingOfAnArrayWhenOneIsRefused() {
        assertThrows(HookException.class, () -> registry.register(List.of(forward("a"), forward("b").on("lan"))));
        assertEquals(List.of(), names());
        assertEquals(1, own.applied.size());
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldRestoreTheFirstNamespaceWhenTheSecondFails(final boolean error) {
        registry.register(forward("before"));
        failing(blue, error);
        assertSame(blue.failure,
                assertThrows(Throwable.class, () -> registry.register(List.of(forward("a"), forward("b")))));
        assertEquals(1, own.functions(HookList.IPV4_FORWARD).size());
        assertEquals(1, blue.functions(HookList.IPV4_FORWARD).size());
        assertEquals(4, own.applied.size(), "empty, before, with a and b, restored");
        assertEquals(List.of("before"), names());
        registry.register(forward("next"));
        assertEquals(2, own.functions(HookList.IPV4_FORWARD).size());
    }

    @Test
    void shouldRestoreEveryNamespaceAlthoughOneCannotBeRestored() {
        own.failure = new IllegalStateException("own");
        failing(blue, false);
        own.applied.clear();
        blue.failures = 2;
        final Throwable thrown = assertThrows(IllegalStateException.class, () -> registry.register(forward("a")));
        assertEquals("cannot", thrown.getMessage());
        assertEquals(List.of(), own.functions(HookList.IPV4_FORWARD));
        assertEquals(List.of(), names());
    }

    @Test
    void shouldUnregisterEverywhereAlthoughOneNamespaceFails() {
        final Registration registration = registry.register(forward("a"));
        failing(own, false);
        assertThrows(IllegalStateException.class, registration::close);
        assertEquals(List.of(), blue.functions(HookList.IPV4_FORWARD));
    }

    @Test
    void shouldForgetAHandlerWhoseNamespaceFails() {
        final QueueHandler handler = (packet, state, queue, token) -> QueueHandler.QUEUED;
        failing(blue, false);
        assertThrows(IllegalStateException.class, () -> registry.registerQueueHandler("blue", handler));
        registry.registerQueueHandler("blue", handler);
        assertSame(handler, blue.handler);
        registry.register(forward("a"));
        assertSame(handler, blue.handler, "a change of functions keeps the handler");
        assertNull(own.handler);
    }

    @Test
    void shouldTakeAsManyFunctionsAsTheKernelAndNoMore() {
        final List<HookOps> all = new ArrayList<>(Collections.nCopies(1024, forward("leak")));
        final Registration full = registry.register(all);
        assertEquals("hook one more: too many functions (E2BIG): family=IPV4 point=FORWARD limit=1024; close registrations "
                + "that are not needed", refusal(forward("one more")));
        assertEquals(1024, names().size());
        registry.register(HookOps.of("elsewhere", Family.IPV6, HookPoint.FORWARD, 0, ACCEPT));
        full.close();
        registry.register(forward("one more"));
    }

    @Test
    void shouldCountFunctionsOfEachDeviceAlone() {
        final HookOps ingress = HookOps.of("in", Family.NETDEV, HookPoint.INGRESS, 0, ACCEPT);
        registry.register(Collections.nCopies(1024, ingress.on("lan")));
        assertEquals("hook in: too many functions (E2BIG): family=NETDEV point=INGRESS device=lan limit=1024; close "
                + "registrations that are not needed", refusal(ingress.on("lan")));
        registry.register(ingress.on("wan"));
        assertEquals(1025, own.functions(HookList.INGRESS).size());
    }

    @Test
    void shouldFollowDevicesThatComeAndGo() {
        registry.register(HookOps.of("in", Family.NETDEV, HookPoint.INGRESS, 0, ACCEPT).on("wan"));
        assertEquals(1, own.applied.getLast().functions(HookList.INGRESS).getFirst().port());
        own.devices = List.of("wan");
        registry.devicesChanged(own);
        assertEquals(0, own.applied.getLast().functions(HookList.INGRESS).getFirst().port());
        own.devices = List.of("lan");
        registry.devicesChanged(own);
        assertEquals(List.of(), own.functions(HookList.INGRESS));
        own.devices = List.of("lan", "wan");
        registry.devicesChanged(own);
        assertEquals(List.of(ACCEPT), own.functions(HookList.INGRESS));
    }

    @Test
    void shouldRefuseAPointThatTheFamilyDoesNotHave() {
        assertEquals("hook a: family IPV4 has no point INGRESS; it has PRE_ROUTING, LOCAL_IN, FORWARD, LOCAL_OUT, POST_ROUTING",
                refusal(HookOps.of("a", Family.IPV4, HookPoint.INGRESS, 0, ACCEPT)));
        assertEquals("hook a: family ARP has no point FORWARD; it has ARP_IN, ARP_OUT, ARP_FORWARD",
                refusal(HookOps.of("a", Family.ARP, HookPoint.FORWARD, 0, ACCEPT)));
        assertEquals("hook a: family NETDEV has no point FORWARD; it has INGRESS, EGRESS",
                refusal(HookOps.of("a", Family.NETDEV, HookPoint.FORWARD, 0, ACCEPT)));
        assertEquals("hook a: family UNSPEC has no point FORWARD; it has none",
                refusal(HookOps.of("a", Family.UNSPEC, HookPoint.FORWARD, 0, ACCEPT)));
        assertEquals("hook a: family INET has no point EGRESS; it has PRE_ROUTING, LOCAL_IN, FORWARD, LOCAL_OUT, "
                + "POST_ROUTING, INGRESS", refusal(HookOps.of("a", Family.INET, HookPoint.EGRESS, 0, ACCEPT)));
    }

    @Test
    void shouldRefuseWhatSeesNoPackets() {
        assertEquals("hook a: family BRIDGE sees no packets: ports are routed, not bridged; supported are INET, IPV4, IPV6, "
                + "ARP, NETDEV", refusal(HookOps.of("a", Family.BRIDGE, HookPoint.FORWARD, 0, ACCEPT)));
        assertEquals("hook a: point ARP_FORWARD sees no packets: nothing is bridged; supported are ARP_IN and ARP_OUT",
                refusal(HookOps.of("a", Family.ARP, HookPoint.ARP_FORWARD, 0, ACCEPT)));
        own.lack = "family ARP is not here";
        assertEquals("hook a: family ARP is not here", refusal(HookOps.of("a", Family.ARP, HookPoint.ARP_IN, 0, ACCEPT)));
        registry.register(HookOps.of("a", Family.ARP, HookPoint.ARP_IN, 0, ACCEPT).in("blue"));
    }

    @Test
    void shouldRefuseAWrongDevice() {
        assertEquals("hook a: point INGRESS needs a device; name one with on(device)",
                refusal(HookOps.of("a", Family.NETDEV, HookPoint.INGRESS, 0, ACCEPT)));
        assertEquals("hook a: point FORWARD takes no device: device=lan; test state.in() or state.out() in the function",
                refusal(forward("a").on("lan")));
        assertEquals("hook a: device eth9 is no port; ports are lan, wan, veth0",
                refusal(HookOps.of("a", Family.NETDEV, HookPoint.EGRESS, 0, ACCEPT).on("eth9")));
        assertEquals("hook a: device lan is no port; ports are veth0",
                refusal(HookOps.of("a", Family.NETDEV, HookPoint.EGRESS, 0, ACCEPT).on("lan").in("blue")));
        blue.devices = List.of();
        assertEquals("hook a: device lan is no port; there are none",
                refusal(HookOps.of("a", Family.NETDEV, HookPoint.EGRESS, 0, ACCEPT).on("lan").in("blue")));
    }

    @Test
    void shouldRefuseANamespaceThatIsNotServed() {
        assertEquals("hook a: network namespace red is not served; served are (own), blue", refusal(forward("a").in("red")));
    }

    @Test
    void shouldRefuseChangesFromInsideAHookFunction() {
        final Registration registration = registry.register(forward("a"));
        own.inside = true;
        final String message = "hooks cannot be changed from inside a hook function, which the change would wait for; hand the "
                + "change to another thread";
        assertEquals(message, refusal(forward("b")));
        assertEquals(message, assertThrows(HookException.class, registration::close).getMessage());
        own.inside = false;
        registration.close();
        assertEquals(List.of(), names());
    }

    private FakeScope failing(final FakeScope scope, final boolean error) {
        scope.failure = error ? new LinkageError("cannot") : new IllegalStateException("cannot");
        scope.failures = 1;
        return scope;
    }

    private String refusal(final HookOps ops) {
        return assertThrows(HookException.class, () -> registry.register(ops)).getMessage();
    }

    private List<String> names() {
        return registry.list().stream().map(HookOps::name).toList();
    }

    private static HookOps forward(final String name) {
        return HookOps.of(name, Family.IPV4, HookPoint.FORWARD, 0, ACCEPT);
    }
}
