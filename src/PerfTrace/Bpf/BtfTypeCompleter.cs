using PerfTrace.Interop;
using PerfTrace.Kernel;

namespace PerfTrace.Commands;

/// <summary>Completes the names of the kernel's types.</summary>
public sealed class BtfTypeCompleter : KernelNameCompleter
{
    private protected override IEnumerable<string> Names(string commandName, string word)
    {
        try
        {
            return BtfTypes.Kernel.Where(static t => t.Kind is BtfKind.Struct or BtfKind.Union or BtfKind.Enum or BtfKind.Enum64 or BtfKind.Typedef && t.Name.Length > 0)
                .Select(static t => t.Name).Distinct();
        }
        catch (BtfException e)
        {
            throw new KernelException(Errno.EINVAL, "read", e.TypesOf); // told by the cmdlet itself
        }
    }
}
