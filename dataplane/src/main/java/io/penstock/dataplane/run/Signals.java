package io.penstock.dataplane.run;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;

/**
 * Signal handlers. The JDK's own class for them has no public name; where it is missing, the signal keeps what it does by
 * default.
 */
final class Signals {

    private Signals() {
    }

    /** Runs an action, on a thread of the JVM's, when a signal such as {@code HUP} comes. */
    static void on(final String name, final Runnable action) {
        try {
            final Class<?> signal = Class.forName("sun.misc.Signal");
            final Class<?> handler = Class.forName("sun.misc.SignalHandler");
            final Object proxy = Proxy.newProxyInstance(handler.getClassLoader(), new Class<?>[] {handler},
                    (self, method, arguments) -> {
                        if (method.getName().equals("handle")) {
                            action.run();
                        }
                        return null;
                    });
            signal.getMethod("handle", signal, handler)
                    .invoke(null, signal.getConstructor(String.class).newInstance(name), proxy);
        } catch (final ClassNotFoundException | NoSuchMethodException | InstantiationException
                | IllegalAccessException | InvocationTargetException e) {
            throw new RunException("signal " + name + " cannot be handled by this JDK: " + e
                    + "; use a JDK with the module jdk.unsupported", e);
        }
    }
}
