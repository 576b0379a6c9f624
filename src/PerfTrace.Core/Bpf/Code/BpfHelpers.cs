using System.Text;

namespace PerfTrace.Bpf;

/// <summary>The kernel's names of helper functions.</summary>
internal static class BpfHelpers
{
    /// <summary>As the kernel and bpftool write it, <c>bpf_map_lookup_elem</c>; null for a number that is newer than the list.</summary>
    public static string? NameOf(int id) => id == 0 ? "bpf_unspec" : Enum.GetName((BpfHelper)id) is { } name ? $"bpf_{Spell(name)}" : null;

    /// <summary>The words of a name, as C writes them.</summary>
    private static string Spell(string name)
    {
        var text = new StringBuilder(name.Length + 8);
        foreach (char c in name)
        {
            if (char.IsAsciiLetterUpper(c) && text.Length > 0)
                text.Append('_');
            text.Append(char.ToLowerInvariant(c));
        }
        return text.ToString();
    }
}
