using PerfTrace.Kernel;

namespace PerfTrace.Bpf;

/// <summary>Pins the programs and maps of an object in a folder of bpffs; all or none.</summary>
internal static class BpfObjectPins
{
    /// <param name="loaded">What to pin.</param>
    /// <param name="directory">The folder; it is made when it is not there.</param>
    /// <param name="isPinned">Of a map's name: libbpf has pinned it, as the object asks for.</param>
    /// <exception cref="PerfTrace.Interop.KernelException">It is not in bpffs, or something is there already.</exception>
    public static void Pin(BpfObject loaded, string directory, Func<string, bool> isPinned)
    {
        bool isNew = !Directory.Exists(directory);
        Directory.CreateDirectory(directory);
        var pinned = new List<string>();
        try
        {
            foreach (BpfProgram program in loaded.Programs)
                Add(program, program.Name);
            foreach ((string name, BpfMap map) in loaded.NamedMaps)
            {
                if (!isPinned(name))
                    Add(map, name);
            }
        }
        catch
        {
            foreach (string path in pinned)
                File.Delete(path);
            if (isNew)
                Directory.Delete(directory);
            throw;
        }

        void Add(BpfKernelObject one, string name)
        {
            // Names in bpffs have no dots (bpf_lookup in kernel/bpf/inode.c); maps of global variables do.
            string path = Path.Combine(directory, name.Replace('.', '_'));
            using Interop.FileDescriptor descriptor = one.Open();
            BpfCalls.Pin(descriptor, path);
            pinned.Add(path);
        }
    }
}
