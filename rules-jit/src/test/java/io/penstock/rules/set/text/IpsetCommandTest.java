package io.penstock.rules.set.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.rules.hot.set.SetPlace;
import io.penstock.rules.set.SetRegistry;
import io.penstock.rules.set.SetStore;
import io.penstock.rules.text.CommandFiles;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What no transcript can show: who uses a set, names of hosts, files, what is too much for the real tool. */
class IpsetCommandTest {

    private final SetRegistry sets = Sets.registry();
    private final Ipset ipset = new Ipset(sets, new FewNames());
    private final List<Object> counted = new ArrayList<>();

    @AfterEach
    void close() {
        sets.close();
    }

    private static Ipset.Outcome done(final String out) {
        return new Ipset.Outcome(0, out, "");
    }

    @Test
    void shouldSayWhoUsesASetWhenItIsToBeDestroyed() {
        ipset.run("create x hash:ip");
        final SetPlace place = sets.acquire("x", "table filter").orElseThrow();
        final String busy = "ipset v7.17: Set cannot be destroyed: it is in use by a kernel component\n";
        assertEquals(new Ipset.Outcome(1, "", busy + "penstock: set=x in use by: table filter\n"), ipset.run("destroy x"));
        assertEquals(new Ipset.Outcome(1, "", busy + "penstock: set=x in use by: table filter\n"), ipset.run("destroy"));
        assertEquals(new Ipset.Outcome(1, "", ""), ipset.run("-q destroy x"));
        assertEquals(new Ipset.Outcome(1, "", "ipset v7.17: Set cannot be renamed: it is in use by another system\n"
                + "penstock: set=x in use by: table filter\n"), ipset.run("rename x y"));
        sets.release(place, "table filter");
        assertEquals(done(""), ipset.run("destroy x"));
    }

    /** Elements that have a time are counted one by one: an addition must not take as long as a listing. */
    @Test
    void shouldCountNoElementsWhenNobodyAsksHowManyThereAre() {
        final SetStore counting = (SetStore) Proxy.newProxyInstance(SetStore.class.getClassLoader(), new Class<?>[] {SetStore.class},
                (proxy, method, arguments) -> {
                    counted.addAll(method.getName().equals("header") ? List.of(arguments[0]) : List.of());
                    try {
                        return method.invoke(sets, arguments);
                    } catch (final InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
        final Ipset told = new Ipset(counting, new FewNames());
        assertEquals(done(""), told.run("create a hash:ip timeout 100 initval 0"));
        assertEquals(done(""), told.run("add a 10.0.0.1"));
        assertEquals(0, told.run("test a 10.0.0.1").status());
        assertEquals(done(""), told.run("del a 10.0.0.1"));
        assertEquals(done(""), told.run("create b hash:ip timeout 100\nadd a 10.0.0.1\nadd b 10.0.0.2\nadd a 10.0.0.3\n", List.of("restore")));
        assertEquals(4, told.run("save").out().lines().filter(line -> line.contains(" 10.0.0.") || line.startsWith("create b")).count());
        assertEquals(List.of(), counted);
        assertTrue(told.run("list a").out().contains("\nNumber of entries: 2\n"));
        assertEquals(List.of("a"), counted);
    }

    @Test
    void shouldTakeTheFirstAddressWhenAHostHasMore() {
        ipset.run("create x hash:ip initval 0");
        assertEquals(new Ipset.Outcome(0, "", "Warning: two resolves to multiple addresses: using only the first one returned by the resolver.\n"),
                ipset.run("add x two"));
        assertEquals(done(""), ipset.run("-q del x two"));
        assertEquals(done(""), ipset.run("add x [num-one]"));
        assertEquals(new Ipset.Outcome(1, "", "ipset v7.17: Syntax error: cannot parse num: resolving to IPv4 address failed\n"),
                ipset.run("add x num-one"));
        assertEquals(new Ipset.Outcome(1, "", "ipset v7.17: Syntax error: cannot parse nobody: resolving to IPv4 address failed\n"),
                ipset.run("add x nobody"));
    }

    @Test
    void shouldListNamesWhenAddressesAreToBeResolved() {
        ipset.run("create x hash:ip initval 0");
        ipset.run("add x 10.0.0.1");
        ipset.run("add x 10.0.0.2");
        ipset.run("add x 11.0.0.1");
        assertEquals(done("create x hash:ip family inet hashsize 1024 maxelem 65536 bucketsize 12 initval 0x00000000\n"
                + "add x 11.0.0.1\nadd x [num-one]\nadd x two\n"), ipset.run("save -r -s x"));
        assertEquals(new Ipset.Outcome(0, "", "Warning: 10.0.0.1 is in set x.\n"), ipset.run("test x 10.0.0.1 -r"));
    }

    /** A name may take seconds, and the sets' lock holds up who loads rules, or looks after sets. */
    @Test
    void shouldNotHoldTheSetsWhenItAsksForNames() {
        try (SetRegistry own = Sets.registry()) {
            final AtomicInteger names = new AtomicInteger();
            final Ipset resolving = new Ipset(own, new FewNames(() -> {
                names.incrementAndGet();
                assertFalse(Thread.holdsLock(own));
            }));
            resolving.run("create x hash:net,iface comment");
            resolving.run("add x 10.0.0.0/8,eth0 comment c");
            resolving.run("add x 10.0.0.2,eth1 nomatch");
            assertEquals(new Ipset.Outcome(0, "add x two,eth1 nomatch\nadd x two/8,eth0 comment \"c\"\n", ""),
                    withoutCreate(resolving.run("save x -r -s")));
            assertEquals(2, names.get());
        }
    }

    private static Ipset.Outcome withoutCreate(final Ipset.Outcome saved) {
        return new Ipset.Outcome(saved.status(), saved.out().replaceAll("create .*\n", ""), saved.err());
    }

    @Test
    void shouldRefuseAnElementOfIcmpWhenTheSetIsABitmapOfPorts() {
        ipset.run("create x bitmap:port range 0-10");
        assertEquals(new Ipset.Outcome(1, "", "ipset v7.17: Syntax error: Protocol ICMP can be used with family inet only\n"),
                ipset.run("add x icmp:1/1"));
    }

    @Test
    void shouldForgetAWrongLineWhenTheNextIsTyped() {
        assertEquals(new Ipset.Outcome(0, "ipset> ipset> ipset> ",
                "ipset v7.17: Unknown argument: `foo'\nTry `ipset help' for more information.\n"),
                ipset.run("create x hash:ip foo\ncreate y list:set\n", List.of("-")));
        assertEquals(done("create y list:set size 8\n"), ipset.run("save"));
    }

    @Test
    void shouldUseTheFilesOfWhoeverGivesTheCommandWhenFilesAreNamed() {
        final Map<String, ByteArrayOutputStream> written = new HashMap<>();
        final CommandFiles files = new CommandFiles() {

            @Override
            public InputStream read(final String name) throws IOException {
                if (!name.equals("sets")) {
                    throw new IOException("No such file or directory");
                }
                return new ByteArrayInputStream("create x list:set\nsave\n".getBytes(StandardCharsets.ISO_8859_1));
            }

            @Override
            public OutputStream write(final String name) throws IOException {
                if (name.startsWith("/")) {
                    throw new IOException("Permission denied");
                }
                written.put(name, new ByteArrayOutputStream());
                return written.get(name);
            }
        };
        assertEquals(new Ipset.Outcome(255, "", ""), run(files, "restore", "-f", "nothing"));
        assertEquals(done("create x list:set size 8\n"), run(files, "restore", "-file", "sets"));
        assertEquals(done(""), run(files, "save", "-f", "copy"));
        assertEquals("create x list:set size 8\n", written.get("copy").toString(StandardCharsets.ISO_8859_1));
        assertEquals(new Ipset.Outcome(1, "", "ipset v7.17: Cannot open /x for writing: Permission denied\n"),
                run(files, "list", "--file", "/x"));
    }

    private Ipset.Outcome run(final CommandFiles files, final String... words) {
        final ByteArrayOutputStream out = new ByteArrayOutputStream();
        final ByteArrayOutputStream err = new ByteArrayOutputStream();
        final int status = new IpsetCommand(sets, files, new FewNames()).run(List.of(words), InputStream.nullInputStream(),
                new PrintStream(out, false, StandardCharsets.ISO_8859_1), new PrintStream(err, false, StandardCharsets.ISO_8859_1));
        return new Ipset.Outcome(status, out.toString(StandardCharsets.ISO_8859_1), err.toString(StandardCharsets.ISO_8859_1));
    }

    @Test
    void shouldListEveryElementInOrderWhenThereAreMany() {
        ipset.run("create x hash:ip,port maxelem 100000 initval 0");
        assertEquals(done(""), ipset.run("add x 10.0.0.0/22,udp:1-4"));
        final StringBuilder expected = new StringBuilder();
        for (int i = 0; i < 1024; i++) {
            for (int port = 1; port <= 4; port++) {
                expected.append("add x 10.0.").append(i >> 8).append('.').append(i & 0xFF).append(",udp:").append(port).append('\n');
            }
        }
        final String saved = ipset.run("save -s x").out();
        final List<String> lines = new ArrayList<>(saved.lines().skip(1).toList());
        assertEquals(4096, lines.size());
        // The order is that of hexadecimal digits as they are written.
        lines.sort(null);
        final List<String> all = new ArrayList<>(expected.toString().lines().toList());
        all.sort(null);
        assertEquals(all, lines);
        assertEquals("add x 10.0.0.0,udp:1", saved.lines().skip(1).findFirst().orElseThrow());
        assertEquals("add x 10.0.3.255,udp:4", saved.lines().skip(4096).findFirst().orElseThrow());
    }

    @Test
    void shouldTakeWhatItSavedWhenThereAreSetsOfEveryKind() {
        for (final String line : List.of("create a hash:net,port,net counters comment skbinfo timeout 0 initval 1",
                "add a 10.0.0.0/8,icmp:ping,0.0.0.0/1 nomatch packets 5 bytes 6 comment x,y skbmark 0x1/0x2 skbprio a:b skbqueue 7",
                "create b hash:mac initval 1", "add b 01:02:03:04:05:06", "create c hash:ip,mac -6 initval 1",
                "add c fe80::1,01:02:03:04:05:06", "create d hash:ip,mark markmask 0xff initval 1", "add d 10.0.0.1,0x1234",
                "create e hash:net,net -6 initval 1", "add e fe80::/10,::/1", "create f list:set", "add f a", "add f b before a")) {
            assertEquals(done(""), ipset.run(line), line);
        }
        final String saved = ipset.run("save").out();
        try (SetRegistry others = Sets.registry()) {
            final Ipset again = new Ipset(others, new FewNames());
            assertEquals(done(""), again.run(saved, List.of("restore")));
            assertEquals(saved, again.run("save").out());
        }
    }

    @Test
    void shouldNeverBreakWhenAnyBytesAreRestored() {
        final Random random = new Random(1);
        final String[] words = {"add ", "create ", "x ", "4hash:ip ", "6hash:net,port,net ", "0list:set ", "1.2.3.4", "::1", "/", "-", ",",
            "[", "]", "tcp:", "icmp:", "\"", "\n", " ", "timeout ", "comment ", "0x", "-exist ", "-o ", "hash:ip ", "bitmap:port ", "range ", "\0",
            "physdev:", ":", "before ", "skbmark ", "netmask ", "test ", "del ", "\u00ff", "COMMIT\n", "quit"};
        for (int i = 0; i < 20_000; i++) {
            final StringBuilder text = new StringBuilder();
            for (int j = random.nextInt(30); j >= 0; j--) {
                text.append(random.nextInt(9) == 0 ? String.valueOf((char) random.nextInt(256)) : words[random.nextInt(words.length)]);
            }
            final Ipset.Outcome outcome = new Ipset(new ToldStore(), new FewNames())
                    .run(text.toString().getBytes(StandardCharsets.ISO_8859_1), List.of("restore"));
            assertTrue(outcome.status() == 0 || outcome.status() <= 2 && outcome.err().startsWith("ipset v7.17: "),
                    () -> text + "\n" + outcome);
        }
    }
}
