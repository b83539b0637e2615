/*
 * What XS and the SDK's modules for Linux use of GLib, for a 32-bit build on a machine that has no 32-bit GLib. Only what is called
 * is here; `event-loop.c` is behind it. Debugging and the resolver are not served.
 */
#ifndef SMARTLINK_BENCH_GIO
#define SMARTLINK_BENCH_GIO

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

typedef int gboolean;
typedef unsigned int guint;
typedef int gint;
typedef void *gpointer;
typedef ssize_t gssize;
typedef gboolean (*GSourceFunc)(gpointer data);
typedef void (*GDestroyNotify)(gpointer data);

typedef struct GMainLoop GMainLoop;
typedef struct GMainContext GMainContext;
typedef struct GSource GSource;
typedef struct GSocket GSocket;
typedef struct GResolver GResolver;
typedef struct GObject GObject;
typedef struct GAsyncResult GAsyncResult;
typedef struct GInetAddress GInetAddress;
typedef struct { int unused; } GMutex;
typedef struct { gpointer data; } GList;
typedef void (*GAsyncReadyCallback)(GObject *source, GAsyncResult *result, gpointer data);

#ifndef FALSE
#define FALSE 0
#define TRUE 1
#endif
#define G_SOURCE_REMOVE FALSE
#define G_SOURCE_CONTINUE TRUE
#define G_PRIORITY_HIGH (-100)
#define G_PRIORITY_DEFAULT 0
#define G_SOCKET_FAMILY_IPV4 2

GMainLoop *g_main_loop_new(GMainContext *context, gboolean running);
void g_main_loop_run(GMainLoop *loop);
GMainContext *g_main_context_get_thread_default(void);

guint g_timeout_add(guint interval, GSourceFunc callback, gpointer data);
guint g_timeout_add_full(int priority, guint interval, GSourceFunc callback, gpointer data, GDestroyNotify notify);
gboolean g_source_remove(guint id);
guint g_unix_signal_add(int number, GSourceFunc callback, gpointer data);

GSource *g_idle_source_new(void);
void g_source_set_callback(GSource *source, GSourceFunc callback, gpointer data, GDestroyNotify notify);
void g_source_set_priority(GSource *source, int priority);
guint g_source_attach(GSource *source, GMainContext *context);
void g_source_unref(GSource *source);

/* Milliseconds; not GLib's. */
int64_t bench_loop_now(void);

/* XS locks what other threads might touch; there are none here. */
#define g_mutex_init(mutex) ((void)(mutex))
#define g_mutex_lock(mutex) ((void)(mutex))
#define g_mutex_unlock(mutex) ((void)(mutex))
#define g_mutex_clear(mutex) ((void)(mutex))

GResolver *g_resolver_get_default(void);
void g_resolver_lookup_by_name_async(GResolver *resolver, const char *name, void *cancellable, GAsyncReadyCallback callback, gpointer data);
GList *g_resolver_lookup_by_name_finish(GResolver *resolver, GAsyncResult *result, void *error);
void g_resolver_free_addresses(GList *addresses);
char *g_inet_address_to_string(GInetAddress *address);
int g_inet_address_get_family(GInetAddress *address);
void g_object_unref(gpointer object);
void g_free(gpointer memory);

#endif
