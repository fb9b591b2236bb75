package io.penstock.dataplane.run;

import io.penstock.dataplane.api.HookModule;
import io.penstock.dataplane.api.HookRegistrar;
import io.penstock.rules.RuleExtensions;
import io.penstock.rules.api.MatchKind;
import io.penstock.rules.api.TargetKind;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.zip.ZipFile;

/**
 * What users add by jars, each with a class loader of its own: hook modules, and kinds of matches and targets, which all rules of the process
 * can name from then on.
 *
 * <p>Threads: control.
 */
public final class HookJars {

    private static final String SERVICES = "META-INF/services/";

    private final List<Opened> opened = new ArrayList<>();

    private HookJars() {
    }

    /** Opens jars: the matches and targets that they have are there at once. Before rules are read. */
    public static HookJars open(final List<Path> jars) {
        final HookJars all = new HookJars();
        jars.forEach(all::open);
        return all;
    }

    /** Opens jars and lets their modules register their hooks. */
    public static void load(final List<Path> jars, final HookRegistrar hooks) {
        open(jars).register(hooks);
    }

    /** Lets every module register its hooks. */
    public void register(final HookRegistrar hooks) {
        for (final Opened jar : opened) {
            for (final HookModule module : jar.modules) {
                try {
                    module.register(hooks);
                } catch (final LinkageError e) {
                    throw new RunException("hook jar " + jar.path + " cannot be loaded: " + e.getMessage(), e);
                } catch (final RuntimeException e) {
                    throw refused(jar.path, e);
                }
            }
        }
    }

    private void open(final Path jar) {
        if (!Files.isReadable(jar)) {
            throw new RunException("hook jar " + jar + " cannot be read; check the path given to --hook-jar");
        }
        // A class loader passes over what is no archive.
        try (ZipFile archive = new ZipFile(jar.toFile())) {
            if (archive.size() == 0) {
                throw new RunException("hook jar " + jar + " is empty");
            }
        } catch (final IOException e) {
            throw new RunException("hook jar " + jar + " is no jar file; build one with 'jar --create'", e);
        }
        final List<HookModule> modules;
        final List<MatchKind> matches;
        final List<TargetKind> targets;
        try {
            // Never closed: what it loads runs until the process ends.
            @SuppressWarnings("resource")
            final URLClassLoader loader =
                    new URLClassLoader(new URL[] {jar.toUri().toURL()}, HookModule.class.getClassLoader());
            modules = services(HookModule.class, loader);
            matches = services(MatchKind.class, loader);
            targets = services(TargetKind.class, loader);
            RuleExtensions.add(matches, targets);
        } catch (final MalformedURLException | ServiceConfigurationError | LinkageError e) {
            throw new RunException("hook jar " + jar + " cannot be loaded: " + e.getMessage(), e);
        } catch (final RuntimeException e) {
            throw refused(jar, e);
        }
        if (modules.isEmpty() && matches.isEmpty() && targets.isEmpty()) {
            throw new RunException("hook jar " + jar + " has no module: name a public class that implements "
                    + HookModule.class.getName() + " in " + SERVICES + HookModule.class.getName() + ", or one of rules' "
                    + MatchKind.class.getName() + " or " + TargetKind.class.getName() + " in the file of that name");
        }
        opened.add(new Opened(jar, modules));
    }

    /** Those of the jar itself. */
    private static <T> List<T> services(final Class<T> type, final ClassLoader loader) {
        final List<T> found = new ArrayList<>();
        for (final T service : ServiceLoader.load(type, loader)) {
            if (service.getClass().getClassLoader() == loader) {
                found.add(service);
            }
        }
        return found;
    }

    private static RunException refused(final Path jar, final RuntimeException e) {
        return new RunException("hook jar " + jar + " was refused: " + e.getMessage(), e);
    }

    private record Opened(Path path, List<HookModule> modules) {
    }
}
