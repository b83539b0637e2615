#include "gio/gio.h"
