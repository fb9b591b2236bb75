package io.penstock.dataplane.namespace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.penstock.dataplane.api.Device;
import io.penstock.dataplane.api.Family;
import io.penstock.dataplane.api.HookException;
import io.penstock.dataplane.api.HookOps;
import io.penstock.dataplane.api.HookPoint;
import io.penstock.dataplane.api.Verdict;
import io.penstock.dataplane.hooks.HookInitializer;
import io.penstock.dataplane.hooks.HookRegistry;
import io.penstock.dataplane.worker.Quiescence;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What runs at a namespace's birth and death, and in which order. */
class NamespacesTest {

    private final Namespaces namespaces = new Namespaces();
    private final List<String> log = new ArrayList<>();
    private final List<Namespace> made = new ArrayList<>();

    @AfterEach
    void close() {
        made.forEach(Namespace::close);
    }

    @Test
    void shouldInitializeInOrderAndExitInReverse() {
        namespaces.register(part("a"));
        namespaces.register(part("b"));
        final Namespace own = namespace("");
        final Namespace blue = namespace("blue");
        namespaces.add(own);
        namespaces.add(blue);
        assertEquals(List.of(own, blue), namespaces.list());
        namespaces.remove(own);
        assertEquals(List.of("+a(own)", "+b(own)", "+a blue", "+b blue", "-b(own)", "-a(own)"), log);
        assertEquals(List.of(blue), namespaces.list());
    }

    @Test
    void shouldInitializeNamespacesThatExistAlready() {
        namespaces.add(namespace(""));
        namespaces.add(namespace("blue"));
        final NamespaceInitializer late = part("late");
        namespaces.register(late);
        namespaces.add(namespace("red"));
        namespaces.unregister(late);
        namespaces.unregister(late);
        assertEquals(List.of("+late(own)", "+late blue", "+late red", "-late red", "-late blue", "-late(own)"), log);
    }

    @Test
    void shouldUndoInReverseWhenABirthFails() {
        namespaces.register(part("a"));
        namespaces.register(part("b"));
        namespaces.register(failing("c", "", new IllegalStateException("no memory")));
        namespaces.register(part("d"));
        final Namespace own = namespace("");
        assertEquals("network namespace (own) cannot be served: c: no memory",
                assertThrows(IllegalStateException.class, () -> namespaces.add(own)).getMessage());
        assertEquals(List.of("+a(own)", "+b(own)", "-b(own)", "-a(own)"), log);
        assertEquals(List.of(), namespaces.list());
        namespaces.remove(own);
        assertEquals(4, log.size(), "it was not there");
    }

    @Test
    void shouldUndoWhenABirthFailsWithAnError() {
        namespaces.register(part("a"));
        namespaces.register(failing("b", "", new LinkageError("broken")));
        assertEquals("network namespace (own) cannot be served: b: broken",
                assertThrows(IllegalStateException.class, () -> namespaces.add(namespace(""))).getMessage());
        assertEquals(List.of("+a(own)", "-a(own)"), log);
    }

    @Test
    void shouldUndoALateInitializerEverywhereWhenItFailsOnce() {
        namespaces.add(namespace(""));
        namespaces.add(namespace("blue"));
        namespaces.add(namespace("red"));
        assertEquals("network namespace red cannot be served: late: refused", assertThrows(IllegalStateException.class,
                () -> namespaces.register(failing("late", "red", new IllegalArgumentException("refused")))).getMessage());
        assertEquals(List.of("+late(own)", "+late blue", "-late blue", "-late(own)"), log);
        namespaces.add(namespace("green"));
        assertEquals(4, log.size(), "it is not registered");
    }

    @Test
    void shouldRefuseANameTwice() {
        namespaces.add(namespace("blue"));
        assertEquals("network namespace blue is served already; remove it first",
                assertThrows(IllegalStateException.class, () -> namespaces.add(namespace("blue"))).getMessage());
        assertEquals(1, namespaces.list().size());
    }

    @Test
    void shouldHoldEachPartsState() {
        final Namespace own = namespace("");
        assertNull(own.state(String.class));
        own.state(String.class, "state");
        assertSame("state", own.state(String.class));
        own.state(String.class, null);
        assertNull(own.state(String.class));
    }

    @Test
    void shouldNotHookArpWhereTheKernelKeepsIt() {
        final HookRegistry hooks = new HookRegistry(null);
        namespaces.register(new HookInitializer(hooks));
        namespaces.add(namespace(""));
        final HookOps arp = HookOps.of("arp", Family.ARP, HookPoint.ARP_IN, 0, (packet, state) -> Verdict.ACCEPT);
        assertEquals("hook arp: family ARP sees no packets: the kernel keeps ARP; supported with local: kernel are INET, IPV4, IPV6, "
                + "NETDEV", assertThrows(HookException.class, () -> hooks.register(arp)).getMessage());
        hooks.register(HookOps.of("v6", Family.IPV6, HookPoint.FORWARD, 0, (packet, state) -> Verdict.ACCEPT));
    }

    private Namespace namespace(final String name) {
        final Namespace namespace = new Namespace(
                name, List.of(new Device(0, 2, "lan")), Namespace.Surroundings.KERNEL, new Quiescence());
        made.add(namespace);
        return namespace;
    }

    private NamespaceInitializer part(final String name) {
        return failing(name, null, null);
    }

    private NamespaceInitializer failing(final String name, final String where, final Throwable failure) {
        return new NamespaceInitializer() {
            @Override
            public String name() {
                return name;
            }

            @Override
            public void init(final Namespace namespace) {
                if (namespace.name().equals(where)) {
                    switch (failure) {
                        case final Error e -> throw e;
                        case final RuntimeException e -> throw e;
                        default -> throw new AssertionError(failure);
                    }
                }
                log.add('+' + name + shown(namespace));
            }

            @Override
            public void exit(final Namespace namespace) {
                log.add('-' + name + shown(namespace));
            }
        };
    }

    private static String shown(final Namespace namespace) {
        return namespace.name().isEmpty() ? "(own)" : ' ' + namespace.name();
    }
}
