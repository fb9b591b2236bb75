package io.penstock.perf.jmh;

import java.lang.invoke.LambdaMetafactory;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Method;

/** Calls a method and forgets its result, as a lambda written for it would: nothing is boxed. */
final class Calls {

    private final Object target;
    private final Method method;

    Calls(final Object target, final Method method) {
        this.target = target;
        this.method = method;
    }

    Runnable runnable() throws ReflectiveOperationException {
        final MethodHandles.Lookup lookup = MethodHandles.lookup();
        final MethodHandle handle = lookup.unreflect(method);
        try {
            return (Runnable) LambdaMetafactory.metafactory(lookup, "run", MethodType.methodType(Runnable.class, method.getDeclaringClass()),
                    MethodType.methodType(void.class), handle, MethodType.methodType(void.class)).getTarget().invoke(target);
        } catch (final ReflectiveOperationException e) {
            throw e;
        } catch (final Throwable e) {
            throw new IllegalStateException(e);
        }
    }
}
