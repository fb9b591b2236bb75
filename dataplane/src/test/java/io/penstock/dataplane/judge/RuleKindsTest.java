package io.penstock.dataplane.judge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.dataplane.judge.random.RuleKinds;
import io.penstock.dataplane.judge.random.RuleScenarios;
import io.penstock.rules.RuleExtensions;
import io.penstock.rules.api.IpFamily;
import io.penstock.rules.api.Kind;
import io.penstock.rules.api.MatchKind;
import io.penstock.rules.api.RunnableMatch;
import io.penstock.rules.api.RunnableTarget;
import io.penstock.rules.match.LimitMatch;
import io.penstock.rules.target.TeeTarget;
import io.penstock.rules.text.Extensions;
import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Random rules have every kind of match and target that runs. */
class RuleKindsTest {

    /**
     * What the kernel has, and iptables cannot name; what goes by its ticks and processors; another name of what is there;
     * sets, which have scenarios of their own.
     */
    private static final Set<String> LEFT_OUT = Set.of("m udplite", "m connlimit", "j NOTRACK", "m set", "j SET");
    private static final int RULE_SETS = 300;

    @ParameterizedTest
    @EnumSource
    void shouldKnowEveryKindThatRuns(final IpFamily family) throws IOException, URISyntaxException, ReflectiveOperationException {
        final Set<String> running = new TreeSet<>();
        running.addAll(kinds(family, LimitMatch.class, "Match", RunnableMatch.class));
        running.addAll(kinds(family, TeeTarget.class, "Target", RunnableTarget.class));
        running.removeAll(LEFT_OUT);
        assertTrue(running.contains("m limit") && running.contains("j TEE"), running::toString);
        final Set<String> made = new TreeSet<>(RuleKinds.of(family));
        made.addAll(RuleKinds.ofFlows());
        assertEquals(running, made);
    }

    @ParameterizedTest
    @EnumSource
    void shouldMakeRulesOfEveryKindThatItKnows(final IpFamily family) {
        final Set<String> missing = new TreeSet<>(RuleKinds.of(family));
        for (int i = 1; i <= RULE_SETS; i++) {
            final Object rules = RuleScenarios.of(family, i, 1).config().map("rules").get(family == IpFamily.IPV4 ? "ipv4" : "ipv6");
            missing.removeIf(kind -> rules.toString().contains(" -" + kind + ' ') || rules.toString().contains(" -" + kind + '\n'));
        }
        assertEquals(Set.of(), missing);
    }

    /** Kinds whose values run, by the fields of their classes and of those that read them. */
    private static List<String> kinds(final IpFamily family, final Class<?> one, final String ending, final Class<?> running)
            throws IOException, URISyntaxException, ReflectiveOperationException {
        final Extensions installed = RuleExtensions.installed();
        final List<String> kinds = new ArrayList<>();
        final List<Class<?>> types = types(one);
        final Set<String> values = types.stream().filter(running::isAssignableFrom).map(Class::getSimpleName).collect(Collectors.toSet());
        for (final Class<?> type : types) {
            if (!values.contains(type.getSimpleName().replaceFirst("Kind$", ending))) {
                continue;
            }
            for (final Field field : type.getDeclaredFields()) {
                if (Modifier.isStatic(field.getModifiers()) && Kind.class.isAssignableFrom(field.getType())) {
                    field.setAccessible(true);
                    final Kind kind = (Kind) field.get(null);
                    final Kind known = kind instanceof MatchKind
                            ? installed.match(kind.name(), family) : installed.target(kind.name(), family);
                    if (known == kind) {
                        kinds.add((kind instanceof MatchKind ? "m " : "j ") + kind.name());
                    }
                }
            }
        }
        return kinds;
    }

    /** The classes that may have kinds, of a class's package. */
    private static List<Class<?>> types(final Class<?> one) throws IOException, URISyntaxException, ReflectiveOperationException {
        final URI home = one.getResource(one.getSimpleName() + ".class").toURI();
        final Set<String> names;
        if ("jar".equals(home.getScheme())) {
            try (FileSystem jar = FileSystems.newFileSystem(home, Map.of())) {
                names = names(jar.provider().getPath(home).getParent());
            }
        } else {
            names = names(Path.of(home).getParent());
        }
        final List<Class<?>> types = new ArrayList<>();
        for (final String name : names) {
            types.add(Class.forName(one.getPackageName() + '.' + name));
        }
        return types;
    }

    private static Set<String> names(final Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).filter(name -> name.matches("\\w+(Match|Target|Kind)\\.class"))
                    .map(name -> name.replaceFirst("\\.class$", "")).collect(Collectors.toCollection(TreeSet::new));
        }
    }
}
