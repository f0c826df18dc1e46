// A driver's library for tests, with two GPUs. FAKE_NVML says in words, with commas, what is wrong with it.
#include "nvml_abi.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct nvml_device {
    unsigned int index;
    int is_instance;
};

static struct nvml_device devices[2] = {{0, 0}, {1, 0}};
static struct nvml_device instances[2] = {{0, 1}, {1, 1}};
static int is_initialized, looks, initializations, xids_given;

static int is(const char *word) {
    const char *modes = getenv("FAKE_NVML");
    size_t length = strlen(word);
    for (const char *place = modes; place && *place; place += strcspn(place, ",") + (strchr(place, ',') != NULL)) {
        if (strncmp(place, word, length) == 0 && (place[length] == 0 || place[length] == ',')) return 1;
    }
    return 0;
}

// What a call about a device returns before it does anything.
static int state(nvml_device_ref device) {
    if (!is_initialized) return NVML_UNINITIALIZED;
    if (is("unloaded") && initializations == 1 && looks > 1) return NVML_UNINITIALIZED;
    if (is("lost") && device->index == 1 && looks > 1) return NVML_GPU_IS_LOST;
    if (is("all-lost") && looks > 1) return NVML_GPU_IS_LOST;
    return NVML_OK;
}

#define CHECK(device) do { int code = state(device); if (code != NVML_OK) return code; } while (0)
#define OPTIONAL(device) do { CHECK(device); if (is("unsupported")) return NVML_NOT_SUPPORTED; } while (0)

int nvmlInit_v2(void) {
    if (is("print")) { printf("{\"status\":\"printed by the library\"}\n"); fflush(stdout); }
    if (is("not-loaded")) return NVML_DRIVER_NOT_LOADED;
    if (is("mismatch")) return NVML_LIB_RM_VERSION_MISMATCH;
    if (is("init-hangs")) for (;;) pause();
    is_initialized = 1;
    // Remembered where unloading the library does not reach.
    const char *before = getenv("FAKE_INITIALIZATIONS");
    char now[16];
    initializations = (before ? atoi(before) : 0) + 1;
    snprintf(now, sizeof now, "%d", initializations);
    setenv("FAKE_INITIALIZATIONS", now, 1);
    return NVML_OK;
}

int nvmlShutdown(void) { is_initialized = 0; return NVML_OK; }
int nvmlSystemGetDriverVersion(char *text, unsigned int size) { snprintf(text, size, "550.54.15"); return NVML_OK; }

int nvmlDeviceGetCount_v2(unsigned int *count) {
    *count = is("absurd") ? 3000000000u : is("empty") ? 0 : is("shrinks") && initializations > 1 ? 1 : 2;
    return NVML_OK;
}

int nvmlDeviceGetHandleByIndex_v2(unsigned int index, nvml_device_ref *device) {
    if (index > 1) return NVML_INVALID_ARGUMENT;
    *device = &devices[index];
    return NVML_OK;
}

int nvmlDeviceGetName(nvml_device_ref device, char *name, unsigned int size) {
    CHECK(device);
    if (is("absurd")) {
        // Fills the room and leaves out the zero.
        const char *text = "A \"GPU\" \\ \x01\x1b[31m \xff\xc3 \xc3\xa9 ";
        for (unsigned int i = 0; i < size; i++) name[i] = text[i % strlen(text)];
        return NVML_OK;
    }
    snprintf(name, size, "NVIDIA H100 80GB HBM3");
    return NVML_OK;
}

int nvmlDeviceGetUUID(nvml_device_ref device, char *uuid, unsigned int size) {
    CHECK(device);
    snprintf(uuid, size, "%s-0000000%u", device->is_instance ? "MIG" : "GPU", device->index);
    return NVML_OK;
}

int nvmlDeviceGetPciInfo_v3(nvml_device_ref device, nvml_pci *pci) {
    OPTIONAL(device);
    memset(pci, 0, sizeof *pci);
    pci->bus = 0x3b + device->index;
    if (is("absurd")) pci->domain = 0xffffffffu;
    return NVML_OK;
}

int nvmlDeviceGetMemoryInfo(nvml_device_ref device, nvml_memory *memory) {
    if (!device->is_instance && device->index == 0) looks++;
    CHECK(device);
    memory->total = device->is_instance ? 10ull << 30 : 80ull << 30;
    memory->used = device->is_instance ? 1ull << 30 : 20ull << 30;
    if (is("absurd")) memory->total = memory->used = ~0ull;
    return NVML_OK;
}

int nvmlDeviceGetUtilizationRates(nvml_device_ref device, nvml_utilization *rates) {
    OPTIONAL(device);
    rates->gpu = is("absurd") ? 4000000000u : 97;
    return NVML_OK;
}

int nvmlDeviceGetTemperature(nvml_device_ref device, int sensor, unsigned int *degrees) {
    OPTIONAL(device);
    if (sensor != NVML_TEMPERATURE_OF_GPU) return NVML_INVALID_ARGUMENT;
    *degrees = is("absurd") ? 0x7fc00000u : 61 + device->index;
    return NVML_OK;
}

int nvmlDeviceGetPowerUsage(nvml_device_ref device, unsigned int *milliwatts) {
    OPTIONAL(device);
    if (is("hangs") && device->index == 1 && looks > 2) for (;;) pause();
    if (is("slow") && device->index == 1 && looks == 3) {
        const char *seconds = getenv("FAKE_SECONDS");
        usleep((useconds_t)(1e6 * (seconds ? atof(seconds) : 8)));
    }
    if (is("crashes") && device->index == 1 && looks > 2) raise(SIGSEGV);
    if (is("exits") && looks > 2) _exit(7);
    if (is("unknown") && device->index == 1) return NVML_UNKNOWN;
    *milliwatts = is("absurd") ? ~0u : 512400;
    return NVML_OK;
}

int nvmlDeviceGetEnforcedPowerLimit(nvml_device_ref device, unsigned int *milliwatts) {
    OPTIONAL(device);
    *milliwatts = is("absurd") ? ~0u : 700000;
    return NVML_OK;
}

int nvmlDeviceGetClockInfo(nvml_device_ref device, int kind, unsigned int *megahertz) {
    OPTIONAL(device);
    *megahertz = is("absurd") ? ~0u : kind == NVML_CLOCK_OF_SM ? 1755 : 2619;
    return NVML_OK;
}

int nvmlDeviceGetCurrentClocksEventReasons(nvml_device_ref device, unsigned long long *bits) {
    OPTIONAL(device);
    *bits = is("absurd") ? ~0ull : 0x1 | 0x4 | 0x40;
    return NVML_OK;
}

int nvmlDeviceGetTotalEccErrors(nvml_device_ref device, int kind, int counter, unsigned long long *count) {
    OPTIONAL(device);
    if (counter != NVML_ECC_VOLATILE) return NVML_INVALID_ARGUMENT;
    *count = is("absurd") ? ~0ull : kind == NVML_ECC_CORRECTED ? 12 : 1;
    return NVML_OK;
}

int nvmlDeviceGetRemappedRows(
    nvml_device_ref device, unsigned int *corrected, unsigned int *uncorrected, unsigned int *pending,
    unsigned int *failed) {
    OPTIONAL(device);
    *corrected = is("absurd") ? ~0u : 2;
    *uncorrected = is("absurd") ? ~0u : 1;
    *pending = 1;
    *failed = 0;
    return NVML_OK;
}

int nvmlDeviceGetPcieReplayCounter(nvml_device_ref device, unsigned int *count) {
    OPTIONAL(device);
    *count = is("absurd") ? ~0u : 5;
    return NVML_OK;
}

int nvmlEventSetCreate(nvml_event_set_ref *set) {
    if (is("unsupported")) return NVML_NOT_SUPPORTED;
    *set = (nvml_event_set_ref)&xids_given;
    return NVML_OK;
}

int nvmlEventSetFree(nvml_event_set_ref set) { return set ? NVML_OK : NVML_INVALID_ARGUMENT; }

int nvmlDeviceRegisterEvents(nvml_device_ref device, unsigned long long kinds, nvml_event_set_ref set) {
    CHECK(device);
    return kinds == NVML_EVENT_XID && set ? NVML_OK : NVML_INVALID_ARGUMENT;
}

int nvmlEventSetWait_v2(nvml_event_set_ref set, nvml_event *event, unsigned int milliseconds) {
    (void)set;
    if (milliseconds != 0) sleep(milliseconds / 1000 + 1);
    int flood = is("xid-flood");
    if (!is("xid") && !flood) return NVML_TIMEOUT;
    // The third look: two Xids of GPU 1 at once.
    if (!flood && (looks < 2 || xids_given >= 2)) return NVML_TIMEOUT;
    event->device = &devices[1];
    event->type = NVML_EVENT_XID;
    event->data = xids_given == 0 ? 79 : 45;
    xids_given++;
    return NVML_OK;
}

// Entries of `size` bytes; `count` processes, of which the first has the pid of the one that asks.
static int list(nvml_device_ref device, unsigned int *count, void *infos, size_t size, unsigned int found) {
    OPTIONAL(device);
    if (is("absurd")) { *count = 1000000; return NVML_INSUFFICIENT_SIZE; }
    if (is("miscounts")) { *count = 1000000; return NVML_OK; }
    if (*count < found) { *count = found; return NVML_INSUFFICIENT_SIZE; }
    *count = found;
    for (unsigned int i = 0; i < found; i++) {
        char *entry = (char *)infos + i * size;
        memset(entry, 0, size);
        nvml_process *process = (nvml_process *)entry;
        // A pid that no Linux gives, then those of one that lives.
        process->pid = i == 1 ? 0x7ffffff0u : (unsigned int)getpid() + (i > 1 ? 0x10000000u + i : 0);
        process->memory = i == 2 ? ~0ull : (unsigned long long)(i + 1) << 30;
        if (size >= NVML_PROCESS_V2) memset(entry + 16, 0xff, 8);
    }
    return NVML_OK;
}

int nvmlDeviceGetComputeRunningProcesses_v3(nvml_device_ref device, unsigned int *count, void *infos) {
    size_t size = is("entries-of-16") ? NVML_PROCESS_V1 : is("entries-of-32") ? NVML_PROCESS_DETAIL : NVML_PROCESS_V2;
    // With MIG, an ordinary user learns the instances' processes only.
    if (is("mig") && !device->is_instance) return NVML_NO_PERMISSION;
    return list(device, count, infos, size, is("many") ? 3000 : 3);
}

int nvmlDeviceGetGraphicsRunningProcesses_v3(nvml_device_ref device, unsigned int *count, void *infos) {
    if (is("mig")) return NVML_NO_PERMISSION;
    return list(device, count, infos, NVML_PROCESS_V2, 1);
}

int nvmlDeviceGetMigMode(nvml_device_ref device, unsigned int *now, unsigned int *later) {
    OPTIONAL(device);
    *now = *later = is("mig") && device->index == 0;
    return NVML_OK;
}

int nvmlDeviceGetMaxMigDeviceCount(nvml_device_ref device, unsigned int *count) {
    OPTIONAL(device);
    *count = 7;
    return NVML_OK;
}

int nvmlDeviceGetMigDeviceHandleByIndex(nvml_device_ref device, unsigned int index, nvml_device_ref *instance) {
    OPTIONAL(device);
    // With a hole.
    if (index != 0 && index != 2) return NVML_NOT_FOUND;
    *instance = &instances[index / 2];
    return NVML_OK;
}
