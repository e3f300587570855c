package org.dbstore.server;

import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

import java.lang.reflect.Proxy;

/**
 * SIGHUP, by which a daemon is told to read its configuration again. The class for it is one that
 * every JDK has but that no interface of Java promises, so it is looked up.
 */
final class HangupSignal {
    private static final Logger LOG = LogManager.getLogger(HangupSignal.class);

    private HangupSignal() {}

    /**
     * Runs an action at each SIGHUP, in a thread of its own.
     *
     * @param action what to do; the next signal waits for its end
     */
    static void handle(Runnable action) {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            Object proxy =
                    Proxy.newProxyInstance(
                            HangupSignal.class.getClassLoader(),
                            new Class<?>[] {handler},
                            (self, method, arguments) -> {
                                if (method.getName().equals("handle")) {
                                    runOne(action);
                                }
                                return method.getName().equals("hashCode") ? 0 : null;
                            });
            Object hangup = signal.getConstructor(String.class).newInstance("HUP");
            signal.getMethod("handle", signal, handler).invoke(null, hangup, proxy);
        } catch (ReflectiveOperationException | IllegalArgumentException e) {
            LOG.warn("SIGHUP does not make dbsd read its configuration again: {}", e.toString());
        }
    }

    private static synchronized void runOne(Runnable action) {
        try {
            action.run();
        } catch (RuntimeException e) {
            LOG.error("what SIGHUP asks for failed by a fault of ours", e);
        }
    }
}
