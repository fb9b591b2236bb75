package io.penstock.dataplane.run;

import io.penstock.dataplane.api.HookModule;
import io.penstock.dataplane.api.HookRegistrar;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.zip.ZipFile;

/** Loads hook modules from jars, each with a class loader of its own. */
public final class HookJars {

    private HookJars() {
    }

    /** Loads every module of the jars and lets it register its hooks. */
    public static void load(final List<Path> jars, final HookRegistrar hooks) {
        for (final Path jar : jars) {
            load(jar, hooks);
        }
    }

    private static void load(final Path jar, final HookRegistrar hooks) {
        if (!Files.isReadable(jar)) {
            throw new RunException("hook jar " + jar + " cannot be read; check the path given to --hook-jar");
        }
        int modules = 0;
        // A class loader passes over what is no archive.
        try (ZipFile archive = new ZipFile(jar.toFile())) {
            if (archive.size() == 0) {
                throw new RunException("hook jar " + jar + " is empty");
            }
        } catch (final IOException e) {
            throw new RunException("hook jar " + jar + " is no jar file; build one with 'jar --create'", e);
        }
        try {
            // Never closed: the functions that it loads run until the process ends.
            @SuppressWarnings("resource")
            final URLClassLoader loader =
                    new URLClassLoader(new URL[] {jar.toUri().toURL()}, HookModule.class.getClassLoader());
            for (final HookModule module : ServiceLoader.load(HookModule.class, loader)) {
                if (module.getClass().getClassLoader() == loader) {
                    module.register(hooks);
                    modules++;
                }
            }
        } catch (final MalformedURLException | ServiceConfigurationError | LinkageError e) {
            throw new RunException("hook jar " + jar + " cannot be loaded: " + e.getMessage(), e);
        } catch (final RuntimeException e) {
            throw new RunException("hook jar " + jar + " was refused: " + e.getMessage(), e);
        }
        if (modules == 0) {
            throw new RunException("hook jar " + jar + " has no module: name a public class that implements "
                    + HookModule.class.getName() + " in META-INF/services/" + HookModule.class.getName());
        }
    }
}
