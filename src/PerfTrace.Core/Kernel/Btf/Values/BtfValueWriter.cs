using System.Collections;
using System.Globalization;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Text;

namespace PerfTrace.Kernel;

/// <summary>
/// Writes values as the bytes of a type. A struct takes a dictionary of its members (what is not named keeps the bytes that are there), an object of
/// <see cref="BtfValueReader"/>, or all its bytes; a number takes numbers and their texts, an enumeration its names as well, an array as many elements as it has, and an
/// array of characters a text.
/// </summary>
public sealed class BtfValueWriter
{
    private const int DeepestNesting = 64;

    private static readonly ConditionalWeakTable<BtfType, IReadOnlyList<BtfProperty>> Members = [];

    private readonly int _size;
    private readonly Func<object?, object?>? _unwrap;

    private BtfValueWriter(BtfType? type, int size, Func<object?, object?>? unwrap)
    {
        Type = type;
        _size = size;
        _unwrap = unwrap;
    }

    /// <summary>The type; null for bytes without a type.</summary>
    public BtfType? Type { get; }

    /// <summary>Bytes of a value.</summary>
    public int Size => _size;

    /// <summary>The writer of a type.</summary>
    /// <param name="type">The type.</param>
    /// <param name="unwrap">What a shell has wrapped its values in is taken off with this.</param>
    /// <exception cref="BtfValueException">The type has no values.</exception>
    public static BtfValueWriter For(BtfType type, Func<object?, object?>? unwrap = null) =>
        new(type, (int)(type.Size ?? throw new BtfValueException("", type.TypeName, $"{type.TypeName} has no values")), unwrap);

    /// <summary>The writer of values without a type: numbers of 1, 2, 4 and 8 bytes, signed or not, and arrays of bytes.</summary>
    public static BtfValueWriter ForBytes(int size, Func<object?, object?>? unwrap = null) => new(null, size, unwrap);

    /// <summary>Writes a value. Members that a dictionary does not name keep what is in <paramref name="target"/>.</summary>
    /// <param name="value">The value.</param>
    /// <param name="target">As many bytes as <see cref="Size"/> says; more for a type that ends with an array without a length.</param>
    /// <exception cref="BtfValueException">The value does not fit: its shape, a number's range, a member that is not there.</exception>
    public void Write(object? value, Span<byte> target)
    {
        if (target.Length < _size)
            throw new BtfValueException("", Type?.TypeName ?? "bytes", $"{target.Length} bytes hold no value of type {Type?.TypeName ?? "bytes"}, which has {_size}");
        if (Type is null)
            WriteUntyped(Unwrap(value), target[.._size]);
        else
            Write(Type, value, target, "", isLast: true, 0);
    }

    private object? Unwrap(object? value) => _unwrap is null ? value : _unwrap(value);

    private void WriteUntyped(object? value, Span<byte> target)
    {
        string type = $"{_size} bytes";
        if (Bytes(value) is { } bytes)
        {
            CopyBytes(bytes, target, type, "", mayBeShort: false);
            return;
        }
        if (value is IList list)
        {
            if (list.Count != _size)
                throw Wrong("", type, $"{list.Count} elements are not {type}");
            for (int i = 0; i < list.Count; i++)
                WriteNumber(Unwrap(list[i]), target.Slice(i, 1), 8, isSigned: false, "u8", $"[{i}]");
            return;
        }
        if (_size is not (1 or 2 or 4 or 8))
            throw Wrong("", type, $"{Describe(value)} is not {type}: give an array of bytes");
        // Nothing says whether it has a sign: either will do.
        bool isSigned = value is not null && BtfNumber.TryGet(value, out BigInteger number) && number.Sign < 0;
        WriteNumber(value, target, 8 * _size, isSigned, isSigned ? $"s{8 * _size}" : $"u{8 * _size}", "");
    }

    private void Write(BtfType declared, object? wrapped, Span<byte> target, string path, bool isLast, int depth)
    {
        object? value = Unwrap(wrapped);
        BtfType type = declared.Kind == BtfKind.Variable ? declared.Type!.Resolve() : declared.Resolve();
        if (depth > DeepestNesting)
            throw type.Damage("it is nested too deeply, or contains itself");
        string name = type.Kind == BtfKind.Variable ? declared.Type!.TypeName : declared.TypeName;
        int size = (int)(type.Size ?? throw Wrong(path, name, $"{name} has no values"));
        switch (type.Kind)
        {
            case BtfKind.Integer when type.IsBoolean:
                WriteNumber(value is string text && bool.TryParse(text, out bool parsed) ? parsed : value, target[..size], 1, false, name, path);
                break;
            case BtfKind.Integer or BtfKind.Pointer:
                WriteNumber(value, target[..size], 8 * size, type.IsSigned, name, path);
                break;
            case BtfKind.Enum or BtfKind.Enum64:
                WriteNumber(NamedValue(type, value, name, path), target[..size], 8 * size, type.IsSigned, name, path);
                break;
            case BtfKind.Float:
                WriteFloat(value, target[..size], name, path);
                break;
            case BtfKind.Array:
                WriteArray(type, value, isLast && type.Length == 0 ? target : target[..size], name, path, depth);
                break;
            case BtfKind.Struct or BtfKind.Union or BtfKind.DataSection:
                WriteMembers(type, value, target, size, name, path, depth);
                break;
            default:
                throw Wrong(path, name, $"{name} has no values");
        }
    }

    private void WriteMembers(BtfType type, object? value, Span<byte> target, int size, string name, string path, int depth)
    {
        if (Bytes(value) is { } bytes)
        {
            CopyBytes(bytes, target[..size], name, path, mayBeShort: false);
            return;
        }
        IReadOnlyList<BtfProperty> members = Members.GetValue(type, BtfProperty.Of);
        if (value is BtfValue same)
        {
            if (same.Span.Length > target.Length || BtfLayout.Of(same.GetCType()) != BtfLayout.Of(type))
                throw Wrong(path, name, $"a {same.GetCType().TypeName} is no {name}");
            same.Span.CopyTo(target);
            return;
        }
        if (value is not IDictionary dictionary)
            throw Wrong(path, name, $"{Describe(value)} is no {name}: give @{{ {string.Join("; ", members.Take(3).Select(static m => $"{m.Name} = ..."))} }}");
        if (type.Kind == BtfKind.Union && dictionary.Count > 1)
            throw Wrong(path, name, $"the members of a union share their bytes: give one of them and not {dictionary.Count}");
        foreach (DictionaryEntry entry in dictionary)
        {
            string key = Convert.ToString(Unwrap(entry.Key), CultureInfo.InvariantCulture) ?? "";
            BtfProperty member = Find(members, key) ?? throw Wrong(Join(path, key), name, Unknown(members, key, name));
            string inner = Join(path, member.Member);
            if (member.BitFieldSize > 0)
                WriteBitField(member, Unwrap(entry.Value), target, inner);
            else
                Write(member.Type, entry.Value, target[(int)(member.BitOffset / 8)..], inner, member.IsLast, depth + 1);
        }
    }

    private void WriteArray(BtfType type, object? value, Span<byte> target, string name, string path, int depth)
    {
        BtfType element = type.Type!;
        BtfType resolved = element.Resolve();
        int size = (int)(resolved.Size ?? 0);
        if (value is string text && resolved.IsCharacter)
        {
            if (Encoding.UTF8.GetByteCount(text) > target.Length)
                throw Wrong(path, name, $"\"{text}\" has {Encoding.UTF8.GetByteCount(text)} bytes and does not fit in a {name}");
            target.Clear();
            Encoding.UTF8.GetBytes(text, target);
            return;
        }
        if (size == 1 && resolved.Kind == BtfKind.Integer && Bytes(value) is { } bytes)
        {
            CopyBytes(bytes, target, name, path, mayBeShort: resolved.IsCharacter || type.Length == 0);
            return;
        }
        if (value is not IList list)
            throw Wrong(path, name, $"{Describe(value)} is no {name}: give an array{(resolved.IsCharacter ? " or a text" : "")}");
        int length = type.Length == 0 && size > 0 ? target.Length / size : (int)Math.Min(type.Length!.Value, int.MaxValue);
        if (type.Length == 0 ? list.Count > length : list.Count != length)
            throw Wrong(path, name, $"{list.Count} elements are no {name}");
        for (int i = 0; i < list.Count; i++)
            Write(element, list[i], target.Slice(i * size, size), $"{path}[{i}]", isLast: false, depth + 1);
    }

    private static void WriteBitField(BtfProperty member, object? value, Span<byte> target, string path)
    {
        BtfType type = member.Type.Resolve();
        string name = $"{member.Type.TypeName}: {member.BitFieldSize}";
        if (type.Kind is BtfKind.Enum or BtfKind.Enum64)
            value = NamedValue(type, value, name, path);
        Span<byte> number = stackalloc byte[sizeof(ulong)];
        WriteNumber(value, number, member.BitFieldSize, type.IsSigned && !type.IsBoolean, name, path);
        ulong bits = BitConverter.ToUInt64(number);
        for (int i = 0; i < member.BitFieldSize; i++)
        {
            long at = member.BitOffset + i;
            byte mask = (byte)(1 << (int)(at % 8));
            ref byte b = ref target[(int)(at / 8)];
            b = (byte)((bits >> i & 1) != 0 ? b | mask : b & ~mask);
        }
    }

    private static object? NamedValue(BtfType type, object? value, string name, string path)
    {
        if (value is not string text || BtfNumber.TryGet(text, out _))
            return value;
        BtfEnumerator? found = type.Enumerators.FirstOrDefault(e => e.Name == text) ?? type.Enumerators.FirstOrDefault(e => string.Equals(e.Name, text, StringComparison.OrdinalIgnoreCase));
        return found is not null ? found.Value : throw Wrong(path, name, $"'{text}' is no name of {name}{DidYouMean(text, type.Enumerators.Select(static e => e.Name))}");
    }

    private static void WriteNumber(object? value, Span<byte> target, int bits, bool isSigned, string name, string path)
    {
        if (value is null || !BtfNumber.TryGet(value, out BigInteger number))
            throw Wrong(path, name, $"{Describe(value)} is no {name}");
        BigInteger least = isSigned ? -(BigInteger.One << (bits - 1)) : 0, most = (BigInteger.One << (isSigned ? bits - 1 : bits)) - 1;
        if (number < least || number > most)
            throw Wrong(path, name, $"{number} does not fit in a {name} ({least} to {most})");
        target.Fill(number.Sign < 0 ? (byte)0xff : (byte)0);
        _ = number.TryWriteBytes(target.Length > 16 ? target[..16] : target, out _, isUnsigned: !isSigned || number.Sign >= 0);
    }

    private static void WriteFloat(object? value, Span<byte> target, string name, string path)
    {
        double number;
        if (value is double or float or decimal || value is not null && value is not string && BtfNumber.TryGet(value, out _))
            number = Convert.ToDouble(value, CultureInfo.InvariantCulture);
        else if (value is not string text || !double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out number))
            throw Wrong(path, name, $"{Describe(value)} is no {name}");
        switch (target.Length)
        {
            case 2: BitConverter.TryWriteBytes(target, (Half)number); break;
            case 4: BitConverter.TryWriteBytes(target, (float)number); break;
            case 8: BitConverter.TryWriteBytes(target, number); break;
            default: throw Wrong(path, name, $"a {name} of {target.Length} bytes can not be written; give its bytes to the struct");
        }
    }

    private static byte[]? Bytes(object? value) => value switch
    {
        byte[] bytes => bytes,
        IList<byte> bytes => [.. bytes],
        _ => null,
    };

    private static void CopyBytes(byte[] bytes, Span<byte> target, string name, string path, bool mayBeShort)
    {
        if (bytes.Length > target.Length || (!mayBeShort && bytes.Length < target.Length))
            throw Wrong(path, name, $"{bytes.Length} bytes are no {name}{(name.EndsWith(" bytes", StringComparison.Ordinal) ? "" : $", which has {target.Length}")}");
        target.Clear();
        bytes.CopyTo(target);
    }

    // The shell does not tell capitals from small letters: a name is another's only where the exact one is not there.
    private static BtfProperty? Find(IReadOnlyList<BtfProperty> members, string name)
    {
        BtfProperty? other = null;
        foreach (BtfProperty member in members)
        {
            if (member.Member == name || member.Name == name)
                return member;
            if (other is null && string.Equals(member.Name, name, StringComparison.OrdinalIgnoreCase))
                other = member;
        }
        return other;
    }

    private static string Unknown(IReadOnlyList<BtfProperty> members, string name, string type)
    {
        const int Most = 12;
        string suggestion = DidYouMean(name, members.Select(static m => m.Name));
        return $"{type} has no such member{(suggestion.Length > 0 ? suggestion : $"; it has {string.Join(", ", members.Take(Most).Select(static m => m.Name))}{(members.Count > Most ? ", ..." : "")}")}";
    }

    private static string DidYouMean(string wrong, IEnumerable<string> names) =>
        NearestNames.Find(wrong, names) is { Count: > 0 } near ? $". Did you mean {string.Join(" or ", near)}?" : "";

    private static string Join(string path, string name) => path.Length == 0 ? name : $"{path}.{name}";

    private static string Describe(object? value) => value switch
    {
        null => "nothing",
        string text => $"'{text}'",
        Array array => $"an array of {array.Length}",
        IDictionary => "a table",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture) is { Length: > 0 } text ? text : value.GetType().Name,
    };

    private static BtfValueException Wrong(string path, string type, string problem) => new(path, type, problem);
}
